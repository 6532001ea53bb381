"""What tests of training measure: a model after it, a sweep's calls, a report's numbers."""

import torch
from torch import nn

from cnnlib.check import measures

REPORT = {
    "confusions": [[[5, 0], [2, 3]], [[4, 1], [3, 2]]],
    "pairs": [5, 3, 1, 1],
    "accuracies": [0.8, 0.6],
    "intervals": [(0.55208, 1.04792), (0.29636, 0.90364)],
    "difference": 0.2,
    "difference_error": 0.189737,
    "different": False,
}


def faults(**changed):
    return measures.evaluated(lambda: REPORT | changed, 10, 0.0)


def test_a_report_whose_numbers_fit_has_no_fault():
    assert faults() == []


def test_each_number_that_does_not_fit_is_named():
    for name, value in {
        "pairs": [5, 1, 3, 1],
        "accuracies": [0.8, 0.7],
        "intervals": [(0.6, 1.0), (0.29636, 0.90364)],
        "difference": -0.2,
        "difference_error": 0.2,
        "different": True,
    }.items():
        (fault,) = faults(**{name: value})
        assert name in fault


def test_a_report_in_another_form_is_no_crash():
    for value in (None, 3, [[1, 2]], "text"):
        assert faults(confusions=value)
    assert measures.evaluated(lambda: None, 10, 0.0)


def test_a_model_is_measured_after_the_call():
    def zeroed(model):
        with torch.no_grad():
            model.weight.zero_()
        return 7

    found = measures.after(zeroed, nn.Linear(2, 1))
    assert found["result"] == 7
    assert not found["model"]["weight"].any()


def test_a_sweep_is_counted():
    found = measures.looked_up(lambda run: run(0.1, 0) + run(0.1, 0), [[0.1, 0, 20.0]])
    assert found == {"result": 40.0, "calls": 2}


def test_a_result_that_requires_a_gradient_is_a_fault():
    assert measures.without_history(lambda: torch.ones(1, requires_grad=True) * 2)
    assert not measures.without_history(lambda: torch.ones(1))
