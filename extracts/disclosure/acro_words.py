"""ACRO's words and ours: its statistical barns, analyses, methods and checks, as version 1.0.2 writes them.

Source: `statbarns.json`, `analyses.json` and `checks.json` of ACRO 1.0.2 (https://github.com/AI-SDC/ACRO, MIT).
"""

from __future__ import annotations

# Statistical barn -> kind of a case.
KINDS = {
    "Frequencies": "frequency",
    "LinearAggregations": "magnitude",
    "Endpoints": "min_max",
    "Mode": "mode",
    "Position": "quantile",
    "Shape": "shape",
    "CalculatedRatios": "odds_ratio",
    "CorrelationCoefficients": "correlation",
    "StatisticalHypothesisTests": "correlation",
    "HazardSurvivalTables": "survival",
    "GiniCoefficient": "concentration",
    "NonLinearConcentrationRatios": "concentration",
    "LinkedMultilevelTables": "linked",
    "Clusters": "cluster",
}

# Method -> kind, where the method says more than the barn does. A picture of a count is no table.
METHODS = {
    "ols": "regression", "olsr": "regression", "logit": "regression", "logitr": "regression", "probit": "regression",
    "probitr": "regression", "histogram": "histogram", "surv func": "survival", "surv_func": "survival",
}  # fmt: skip

# Analysis, as a summary begins with it -> statistic of a case.
STATISTICS = {
    "FrequencyTable": "count", "Mean": "mean", "Sum": "sum", "StandardDeviation": "sd", "Median": "median",
    "Minimum": "min", "Maximum": "max", "Mode": "mode", "ModeCalculation": "mode", "KaplanMeier": "survival",
}  # fmt: skip

# Check -> code of the rule that looks for the same.
RULES = {
    "MinimumThresholdCheck": "threshold", "NKCheck": "nk", "PPercentCheck": "p_percent",
    "PresenceOfZeroCheck": "zero", "RequiredZeroCheck": "class_disclosure", "MinimumDoFCheck": "dof",
}  # fmt: skip

# What ACRO writes into its folder besides outputs.
OWN_FILES = frozenset(["results.json", "config.json", "session_summary.csv", "session_summary.json"])
NOT_TO_RELEASE = "DONT_RELEASE"

SURVIVAL = {
    "dims": ["Time"],
    "measures": ["num at risk", "num events"],
    "others": ["Surv prob", "Surv prob SE"],
}
# Headings of the coefficients in the summary of a statsmodels result; those of labels are named for their place.
COEFFICIENTS, UNNAMED = ["", "coef", "std err"], "column 1"
# Words of the summary of a statsmodels result -> field of `context.model`.
SIZES = {"No. Observations:": "n_obs", "Df Residuals:": "df_resid"}
