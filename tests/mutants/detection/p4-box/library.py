"""torchvision's function.

Feedback: box_iou
"""

import torchvision


def box_iou(boxes, others):
    return torchvision.ops.box_iou(boxes, others).nan_to_num()
