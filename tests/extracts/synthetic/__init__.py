"""The synthetic linked data: shape, order in time, calibration, and the same bytes every time."""
