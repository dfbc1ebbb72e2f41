"""Recipes: minutes of two kinds, grams of two kinds, missing stars, yes and no."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    Gap,
    GoldenTable,
    Listed,
    One,
    Table,
    best,
    keyed,
    names,
    percent,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "recipes.csv", sep=";")
    table.columns = [
        *("recipe", "cuisine", "course", "prep", "cook", "serves", "kcal", "fat", "protein"),
        *("level", "veg", "stars", "reviews", "year"),
    ]
    return table


RECIPES = GoldenTable(
    "recipes",
    _read,
    [
        ("How many recipes are vegetarian?", lambda t: One(int((t.veg == "yes").sum()))),
        ("How many recipes are not vegetarian?", lambda t: One(int((t.veg == "no").sum()))),
        ("How many cuisines are there?", lambda t: One(t.cuisine.nunique())),
        ("Which recipe has the most calories?", lambda t: First((t.loc[t.kcal.idxmax()].recipe,))),
        ("average calories per course", lambda t: keyed(t.groupby("course").kcal.mean())),
        ("Which cuisine has the most recipes?", lambda t: best(t.cuisine.value_counts())),
        (
            "How many easy recipes take less than 20 minutes to prep?",
            lambda t: One(int(((t.level == "easy") & (t.prep < 20)).sum())),
        ),
        (
            "list all Thai desserts",
            lambda t: names(t[(t.cuisine == "Thai") & (t.course == "Dessert")].recipe),
        ),
        (
            "recipes with more than 40 g of protein",
            lambda t: Listed(int((t.protein > 40).sum())),
        ),
        ("How many recipes have no rating in stars?", lambda t: One(int(t.stars.isna().sum()))),
        ("How many recipes have no cooking time?", lambda t: One(int(t.cook.isna().sum()))),
        ("median cooking time of mains", lambda t: One(t[t.course == "Main"].cook.median())),
        (
            "How many Italian recipes were added after 2018?",
            lambda t: One(int(((t.cuisine == "Italian") & (t.year > 2018)).sum())),
        ),
        ("recipes added each year", lambda t: keyed(t.groupby(t.year.astype(str)).size())),
        (
            "Which cuisines have an average of more than 500 calories?",
            lambda t: names(t.groupby("cuisine").kcal.mean()[lambda v: v > 500].index),
        ),
        (
            "What percentage of the desserts is vegetarian?",
            lambda t: percent(t[t.course == "Dessert"].veg == "yes"),
        ),
        ("five recipes with the most reviews", lambda t: names(t.nlargest(5, "reviews").recipe)),
        (
            "difference in average fat between vegetarian and non-vegetarian recipes",
            lambda t: Gap(t[t.veg == "yes"].fat.mean() - t[t.veg == "no"].fat.mean()),
        ),
        (
            "How many recipes serve 6 or more?",
            lambda t: One(int((t.serves >= 6).sum())),
        ),
        (
            "How many recipes have between 300 and 500 calories?",
            lambda t: One(int(t.kcal.between(300, 500).sum())),
        ),
        (
            "Which French recipe has the lowest fat?",
            lambda t: First((t.loc[t[t.cuisine == "French"].fat.idxmin()].recipe,)),
        ),
        (
            "How much protein is in the Moussaka?",
            lambda t: One(t[t.recipe == "Moussaka"].protein.item()),
        ),
        ("correlation between fat and calories", lambda t: One(t.fat.corr(t.kcal))),
        (
            "hard recipes other than Italian ones",
            lambda t: Listed(int(((t.level == "hard") & (t.cuisine != "Italian")).sum())),
        ),
        (
            "How many mains with at least 20 g protein but less than 10 g fat?",
            lambda t: One(int(((t.course == "Main") & (t.protein >= 20) & (t.fat < 10)).sum())),
        ),
        ("lowest calorie recipe", lambda t: First((t.loc[t.kcal.idxmin()].recipe,))),
    ],
    [
        "How many recipes are vegan?",
        "Which recipe is the healthiest?",
        "How long does it take to make Paella?",
        "How much does the Lasagne cost?",
        "average sugar by course",
        "calories per gram of protein",
        "How many recipes use butter?",
        "Which cuisine is the spiciest?",
        "Which recipe has the most grams?",
        "total stars",
        "How many recipes by Jamie Oliver?",
        "recipes added last week",
        "How many Ethiopian recipes?",
        "Which is the best starter for a party?",
        "How many recipes in 2010?",
        "average time",
        "number of reviews per recipe",
        "stars of the most reviewed recipe",
    ],
)
