"""The scores are not looked at.

Feedback: not by score
"""


def average_precision(scores, matches, objects):
    if objects == 0:
        return 0.0
    found, hits = set(), []
    for i in range(len(scores)):
        match = int(matches[i])
        hits.append(match >= 0 and match not in found)
        found.add(match)
    precisions = [sum(hits[:rank]) / rank for rank in range(1, len(hits) + 1)]
    return sum(max(precisions[rank:]) for rank, hit in enumerate(hits) if hit) / objects
