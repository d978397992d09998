"""The fields of a case, as parts of its JSON schema: layout, file, context, policy and claims."""

from __future__ import annotations

from extracts.disclosure.case_words import CONTROLS, ROLES, VERDICTS
from extracts.disclosure.schema_parts import (
    Schema,
    either,
    list_of,
    names,
    number,
    object_of,
    one_of,
    text,
    whole,
    yes_or_no,
)

LABEL: Schema = {"anyOf": [{"type": "string", "title": "a text"}, {"type": "number", "title": "a number"}]}

KEY: Schema = {
    "type": "object", "title": "an object of dimensions and labels", "minProperties": 1,
    "description": "Dimension to label. One that names only some dimensions stands for every cell with those labels.",
    "additionalProperties": LABEL,
}  # fmt: skip

PATH: Schema = {
    "type": "string", "title": "a path of a file, relative to the description", "minLength": 1,
    "description": "Path relative to the description, with / between folders. It may not lead out of its folder.",
}  # fmt: skip

LAYOUT = object_of(
    "Which columns of a table are labels and which are numbers. May be missing: then it is inferred and reported.",
    {
        "form": one_of(
            {"wide": "the columns of numbers are categories of one more dimension, or several measures side by side",
             "long": "each column of numbers is a measure of its own, and every other column is a label"},
            "How the table is laid out."),
        "row_dims": names("Wide: the columns whose labels say what a row is about."),
        "col_dim": text("Wide: what the headings of the number columns are; `measure` when they are measures."),
        "dims": names("Long: the columns of labels. Ages, years, months, ranks and band edges belong here."),
        "measure": text("The number column of a long table, or what all cells of a wide one hold: count, sum, mean."),
        "measures": names("The number columns, when there are several measures."),
        "percent_column": text("The column of percentages."),
        "percent_columns": names("The columns of percentages, when there are several."),
        "base_column": text("The column that holds the count that the percentages are shares of."),
        "out_of": {"type": "integer", "enum": [1, 100], "title": "1 or 100",
                   "description": "What a whole is: 100 for percentages (the default), 1 for proportions."},
        "total_labels": names("Labels of rows and columns that are totals. Total and All always are."),
        "hidden": names("Markers that stand for a hidden number, and are none. [c], * and the like always do."),
        "hierarchy": {
            "type": "object", "title": "an object of dimensions",
            "description": "For a dimension, each label and the label that it is a part of.",
            "additionalProperties": {"type": "object", "title": "an object of labels and the labels above them",
                                     "additionalProperties": {"type": "string", "title": "a text"}}},
        "others": names("Number columns that are about no unit: coefficients, standard errors, p values."),
    },
)  # fmt: skip

FILE = object_of(
    "One file and what it is used for.",
    {
        "path": PATH,
        "role": one_of(ROLES, "What the file is used for."),
        "layout": {"$ref": "#/$defs/layout"},
        "for": text("Path of the output that this file stands behind; missing: all of them."),
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$", "title": "64 hexadecimal digits",
                   "description": "What the file's bytes hash to; a file that differs is reported and not used."},
        "description": text("What the file shows, in a sentence, for the checkers."),
    },
    required=("path", "role"),
)  # fmt: skip

POPULATION = object_of(
    "Who is counted in a file, and to which release it belongs.",
    {
        "file": PATH,
        "filter": text("A condition over the microdata, such as: age between 16 and 24. Empty: everybody."),
        "release": text("The release in which the file went out; missing for a file of this request."),
        "dataset_version": text("The version of the data that it was made from, when it is not that of the case."),
    },
    required=("file", "filter"),
)  # fmt: skip

NESTING = object_of(
    "One row or column whose units are all among those of another.",
    {"part": text("Label of the smaller one."), "whole": text("Label of the larger one."),
     "dim": text("The dimension that both labels belong to; may be missing when only one has them.")},
    required=("part", "whole"),
)  # fmt: skip

CONTROL = object_of(
    "What was done to the numbers before they were written, as the researcher asked.",
    {
        "control": one_of(CONTROLS, "What was done."),
        "file": PATH,
        "threshold": number("a number above 0", "Counts below it were hidden.", exclusiveMinimum=0),
        "base": number("a number above 0", "What numbers were rounded to, or the largest change.", exclusiveMinimum=0),
        "cells": whole("How many cells it changed.", least=0),
    },
    required=("control",),
)  # fmt: skip

ROUNDING = either(
    "What all numbers of the outputs were rounded to, when they were.",
    number("a number above 0", "The base: 5 for the nearest multiple of 5.", exclusiveMinimum=0),
    object_of("The base and the way of rounding.",
            {"base": number("a number above 0", "The base.", exclusiveMinimum=0),
             "scheme": one_of({"nearest": "to the nearest multiple", "midpoint": "to midpoints, 0 stays 0",
                                "up": "upwards", "down": "downwards", "random": "up or down by chance"},
                               "How numbers were rounded.")},
            required=("base",)),
)  # fmt: skip

MODEL = object_of(
    "The size of a model, where no file of metadata says it.",
    {
        "model": text("What was fitted: ols, logit, probit."),
        "n_obs": whole("Observations.", least=0),
        "df_resid": whole("Residual degrees of freedom.", least=0),
        "k": whole("Parameters."),
    },
)  # fmt: skip

CONTEXT = object_of(
    "What is known of the numbers beyond the files.",
    {
        "unit": text("The column of the microdata that tells one unit from another. Missing: each row."),
        "value": text("The column of the microdata whose amounts are summed, averaged or ordered."),
        "statistic": text("What is shown of the value: count, sum, mean, sd, median, min, max, mode, ratio."),
        "weight": text("The column of the microdata that holds weights: counts, sums and means are then weighted, "
                       "and thresholds are about the unweighted units."),
        "filter": text("A condition that all outputs of the case share, over the columns of the microdata."),
        "populations": list_of({"$ref": "#/$defs/population"}, "a list of populations", "Who is counted in each file."),
        "nesting": list_of({"$ref": "#/$defs/nesting"}, "a list of parts and wholes", "Rows within other rows."),
        "structural_zeros": list_of({"$ref": "#/$defs/key"}, "a list of keys", "Cells that can hold nobody."),
        "overlapping": yes_or_no("Whether a unit may be in several cells: then totals are no sums of their parts."),
        "case": text("The column that tells one court case or incident from another: co-defendants know each other."),
        "sensitive": either("Whether stricter thresholds apply, or the columns that are sensitive.",
                             {"type": "boolean", "title": "true or false"}, names("Sensitive columns.")),
        "children": yes_or_no("Whether the units are or include children."),
        "dataset": text("The dataset that the outputs were made from, if a file of policies has its own for it."),
        "controllers": names("The controllers of the data, if a file of policies has its own for them."),
        "dataset_version": text("The version of the data that the outputs were made from."),
        "rounding": ROUNDING,
        "model": MODEL,
        "controls": list_of({"$ref": "#/$defs/control"}, "a list of controls", "What was done to the numbers."),
    },
)  # fmt: skip

DOMINANCE = object_of(
    "The n largest contributors may not hold more than the share k of a total.",
    {"n": whole("How many contributors."),
     "k": number("a number above 0 and at most 1", "The share.", exclusiveMinimum=0, maximum=1),
     "fails_when": text("The same in words.")},
    required=("n", "k"),
)  # fmt: skip

PERCENT = number("a percentage above 0 and at most 100", "p in percent.", exclusiveMinimum=0, maximum=100)

OVERRIDES = object_of(
    "Numbers that replace those of the policy srs-10.",
    {
        "name": text("The policy to start from, when it is not srs-10."),
        "threshold": whole("Smallest count of units that may be shown."),
        "sensitive_threshold": whole("The same where the context says sensitive."),
        "nk": either("Dominance.", {"$ref": "#/$defs/dominance"},
                      list_of({"$ref": "#/$defs/dominance"}, "a list of dominance rules")),
        "p_percent": either("How closely, in percent, the largest contribution may be estimated.", PERCENT,
                             object_of("The same as an object.", {"p": PERCENT, "fails_when": text("Words.")}, ("p",))),
        "dof": whole("Fewest residual degrees of freedom of a model."),
        "zeros_disclosive": yes_or_no("Whether a zero that could have been otherwise is unsafe."),
        "min_max": text("When a minimum or maximum may be shown, in words; by default if structural or shared."),
        "differencing_threshold": whole("Smallest difference between two populations."),
        "survival_threshold": whole("Fewest events and units at risk at a step."),
        "group_share": number("a share of a half to 1", "A group with more than it in one category is unsafe.",
                              minimum=0.5, maximum=1),
        "unit": text("What a unit is, in words."),
    },
)  # fmt: skip

CLAIM = object_of(
    "What another tool says of a file. It is compared with what is found here, and never taken over.",
    {
        "by": text("The tool and its version."),
        "file": PATH,
        "verdict": {"type": "string", "enum": list(VERDICTS), "title": f"one of {', '.join(VERDICTS)}",
                    "description": "Its verdict, in the words used here."},
        "summary": text("What it says, in its own words."),
        "cells": list_of(
            object_of("One cell that it flags.",
                    {"rules": names("Which of its checks do."), "key": {"$ref": "#/$defs/key"},
                     "row": whole("Place of the row among the rows of numbers, from 0.", least=0),
                     "column": whole("Place of the column among the columns of numbers, from 0.", least=0)},
                    required=("rules",)),
            "a list of cells", "The cells that it flags."),
    },
    required=("by",),
)  # fmt: skip
