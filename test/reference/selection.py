# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which elements are taken, in which order, and how many."""

import functools

import numpy as np


def true_positions(flags):
    result = np.zeros(len(flags) + 1, np.int64)
    for position, is_true in enumerate(flags):
        if is_true:
            result[0] += 1
            result[result[0]] = position
    return result


def compare(a, b):
    """Returns -1, 0 or 1 for elements; NaN is above all numbers."""
    if a != a or b != b:
        return int(a != a) - int(b != b)
    return int(a > b) - int(a < b)


def compare_rows(a, b):
    return next((sign for sign in map(compare, a, b) if sign), 0)


def sort_order(x, descending=False):
    result = np.zeros(x.shape[:2], np.int64)
    for batch, rows in enumerate(x):
        sign = -1 if descending else 1
        key = functools.cmp_to_key(lambda i, j: sign * compare_rows(rows[i], rows[j]))
        result[batch] = sorted(range(len(rows)), key=key)
    return result


def corners(box, center):
    """Returns the least and the greatest coordinates."""
    first, second = box[:2], box[2:]
    if center:
        half = second * box.dtype.type(0.5)
        return first - half, first + half
    return np.minimum(first, second), np.maximum(first, second)


def area(least, greatest):
    return (greatest[1] - least[1]) * (greatest[0] - least[0])


def overlap(a, b, center):
    (least_a, greatest_a), (least_b, greatest_b) = corners(a, center), corners(b, center)
    least, greatest = np.maximum(least_a, least_b), np.minimum(greatest_a, greatest_b)
    common = area(least, greatest)
    areas = [area(least_a, greatest_a), area(least_b, greatest_b)]
    total = areas[0] + areas[1] - common
    if (greatest <= least).any() or min(common, total, *areas) <= 0:
        return 0
    return common / total


def non_max_suppression(boxes, scores, order, limit, iou_threshold, score_threshold, most,
                        center=False):
    result = np.full(scores.shape[:2] + (most,), -1, np.int64)
    for batch, kind in np.ndindex(scores.shape[:2]):
        taken = []
        for box in order[batch, kind]:
            if len(taken) >= min(limit.item(), most):
                break
            rest = boxes[batch]
            if scores[batch, kind, box] > score_threshold.item() and not any(
                    overlap(rest[box], rest[other], center) > iou_threshold.item()
                    for other in taken):
                taken.append(box)
        result[batch, kind, :len(taken)] = taken
    return result


OPS = {
    "true_positions": true_positions,
    "sort_order": sort_order,
    "non_max_suppression": non_max_suppression,
}
