"""The words of a case: kinds of outputs, roles of files, what was done to numbers; each with what it means."""

from __future__ import annotations

# Kind -> what it is. The kind decides which rules judge the files of the case.
KINDS = {
    "frequency":     "counts of units",
    "percentage":    "shares, rates and proportions",
    "magnitude":     "sums, means and ratios of amounts",
    "quantile":      "medians, percentiles, box plots, summaries",
    "min_max":       "minima, maxima and ranges",
    "mode":          "the most frequent value",
    "shape":         "standard deviations, variances, skewness, kurtosis",
    "histogram":     "counts of units by bands of a number, densities",
    "regression":    "coefficients of a model",
    "correlation":   "correlations, tests, measures of fit",
    "odds_ratio":    "odds, risk and hazard ratios",
    "survival":      "survival curves and life tables",
    "concentration": "Gini, Lorenz, Herfindahl",
    "cluster":       "clusters, principal components, trees",
    "map":           "numbers by small area",
    "scatter":       "plots of single units",
    "differencing":  "tables to be compared with earlier ones",
    "linked":        "tables that share cells",
    "model":         "fitted model objects",
    "text":          "reports, logs, program code",
    "file":          "a file of which nothing more is known",
}  # fmt: skip

# Role -> what the engine uses the file for. Only outputs are to be released.
ROLES = {
    "output":     "to be released, and therefore checked",
    "microdata":  "records behind the outputs, from which the cells are recomputed; never released",
    "underlying": "counts behind the outputs, such as the 2x2 table beneath an odds ratio; not released",
    "evidence":   "contributors behind each cell of an output (n, total, largest, second_largest); not released",
    "metadata":   "size of a model (JSON: model, n_obs, df_resid, k) or other facts; not released",
    "released":   "an output that was released earlier, to be compared with",
}  # fmt: skip

CONTROLS = {
    "suppression": "cells below `threshold` were hidden",
    "rounding":    "numbers were rounded to `base`",
    "midpoint":    "counts were rounded to midpoints of `base` (0 stays 0)",
    "cell_key":    "counts were perturbed by cell keys, by at most `base`",
    "merging":     "categories were merged",
    "top_coding":  "large values were cut off",
}  # fmt: skip

VERDICTS = ("pass", "fail", "review")
