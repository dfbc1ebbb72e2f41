"""Questions about the three demo tables."""

from __future__ import annotations

from tests.agent.golden.answers import (
    All,
    First,
    Gap,
    Golden,
    Listed,
    One,
    day,
    month,
    months,
    series,
    top,
    year,
)

WEATHER: list[Golden] = [
    (
        "Which month is the wettest on average?",
        lambda w: top(w.groupby(month(w)).precipitation.mean()),
    ),
    (
        "How many days did it snow in 2014?",
        lambda w: One(len(w[(w.weather == "snow") & (year(w) == 2014)])),
    ),
    ("Hottest day?", lambda w: First(day(w.loc[w.temp_max.idxmax()], "temp_max"), 10)),
    (
        "Average max temperature by year",
        lambda w: series(w.groupby(year(w)).temp_max.mean()),
    ),
    ("What is the average maximum temperature?", lambda w: One(w.temp_max.mean())),
    ("What was the highest temp_max in 2014?", lambda w: One(w[year(w) == 2014].temp_max.max())),
    (
        "Total precipitation by month in 2013",
        lambda w: months(w[year(w) == 2013].groupby(month(w)).precipitation.sum()),
    ),
    (
        "How many rainy days were there in 2015?",
        lambda w: One(len(w[(w.weather == "rain") & (year(w) == 2015)])),
    ),
    (
        "Which month had the most precipitation in 2012?",
        lambda w: top(w[year(w) == 2012].groupby(month(w)).precipitation.sum()),
    ),
    ("average wind per weather type", lambda w: series(w.groupby("weather").wind.mean())),
    (
        "On which day was the wind strongest?",
        lambda w: First(day(w.loc[w.wind.idxmax()], "wind"), 10),
    ),
    ("How many days had precipitation above 20?", lambda w: One(int((w.precipitation > 20).sum()))),
    (
        "What was the lowest minimum temperature in January 2013?",
        lambda w: One(w[(year(w) == 2013) & (w.date.dt.month == 1)].temp_min.min()),
    ),
    (
        "Compare average precipitation in 2012 and 2015",
        lambda w: series(w[year(w).isin([2012, 2015])].groupby(year(w)).precipitation.mean()),
    ),
    (
        "median wind in summer 2014",
        lambda w: One(w[(year(w) == 2014) & w.date.dt.month.isin([6, 7, 8])].wind.median()),
    ),
    (
        "How many sunny days per year?",
        lambda w: series(w[w.weather == "sun"].groupby(year(w)).size()),
    ),
    ("Which year was the wettest?", lambda w: top(w.groupby(year(w)).precipitation.sum())),
    (
        "What was the weather on 2014-07-04?",
        lambda w: First(tuple(w[w.date == "2014-07-04"].weather), 1),
    ),
    (
        "How many days were there between March and May 2012 with rain?",
        lambda w: One(len(w[(w.weather == "rain") & w.date.between("2012-03-01", "2012-05-31")])),
    ),
    ("Which weather type is the most common?", lambda w: top(w.groupby("weather").size())),
    ("standard deviation of temp_max", lambda w: One(w.temp_max.std())),
    ("How many different weather types are there?", lambda w: One(w.weather.nunique())),
    (
        "What was the total rainfall in November 2014?",
        lambda w: One(w[(year(w) == 2014) & (w.date.dt.month == 11)].precipitation.sum()),
    ),
    ("average temp_min on snowy days", lambda w: One(w[w.weather == "snow"].temp_min.mean())),
    (
        "Did it rain more in 2013 or 2014?",
        lambda w: top(w[year(w).isin([2013, 2014])].groupby(year(w)).precipitation.sum()),
    ),
    (
        "How many days were hotter than 90 °F?",
        lambda w: One(int((w.temp_max > (90 - 32) / 1.8).sum())),
    ),
    (
        "When did it last snow?",
        lambda w: First((str(w[w.weather == "snow"].date.max().date()),), 1),
    ),
    (
        "How often was it sunny in July?",
        lambda w: One(len(w[(w.weather == "sun") & (w.date.dt.month == 7)])),
    ),
    (
        "Is it windier in January or July?",
        lambda w: top(w[w.date.dt.month.isin([1, 7])].groupby(month(w)).wind.mean()),
    ),
    (
        "average temp_max on Mondays",
        lambda w: One(w[w.date.dt.day_of_week == 0].temp_max.mean()),
    ),
    (
        "How much rain fell after 2013?",
        lambda w: One(w[year(w) > 2013].precipitation.sum()),
    ),
    (
        "Top 3 wettest years",
        lambda w: First((2014, w.groupby(year(w)).precipitation.sum()[2014]), 3),
    ),
    (
        "Was there any snow in July 2013?",
        lambda w: One(len(w[(w.weather == "snow") & (year(w) == 2013) & (w.date.dt.month == 7)])),
    ),
    (
        "How many days had precipitation between 10 and 20 mm?",
        lambda w: One(int(w.precipitation.between(10, 20).sum())),
    ),
    (
        "Was it hotter in 2014 than in 2012?",
        lambda w: top(w[year(w).isin([2012, 2014])].groupby(year(w)).temp_max.mean()),
    ),
    (
        "Was 2014 wetter than 2013?",
        lambda w: top(w[year(w).isin([2013, 2014])].groupby(year(w)).precipitation.sum()),
    ),
    (
        "What is the difference in average wind between 2012 and 2015?",
        lambda w: Gap(w[year(w) == 2012].wind.mean() - w[year(w) == 2015].wind.mean()),
    ),
    (
        "How many days did it rain or snow in 2014?",
        lambda w: One(len(w[w.weather.isin(["rain", "snow"]) & (year(w) == 2014)])),
    ),
    (
        "How many days didn't it snow?",
        lambda w: One(int((w.weather != "snow").sum())),
    ),
    (
        "average max and min temperature in 2013",
        lambda w: All([(w[year(w) == 2013].temp_max.mean(), w[year(w) == 2013].temp_min.mean())]),
    ),
    (
        "temperature on 2014-07-04",
        lambda w: First(
            (
                w[w.date == "2014-07-04"].temp_max.iloc[0],
                w[w.date == "2014-07-04"].temp_min.iloc[0],
            ),
            1,
        ),
    ),
    (
        "How many days were hotter than 30?",
        lambda w: One(int((w.temp_max > 30).sum())),
    ),
    (
        "Is it wetter in winter or summer?",
        lambda w: First((w[w.date.dt.month.isin([12, 1, 2])].precipitation.mean(),), 3),
    ),
    ("List days with wind above 9", lambda w: Listed(int((w.wind > 9).sum()))),
]

PENGUINS: list[Golden] = [
    ("How many penguins are there?", lambda p: One(len(p))),
    (
        "How many Adelie penguins are on Dream island?",
        lambda p: One(len(p[(p.Species == "Adelie") & (p.Island == "Dream")])),
    ),
    (
        "Average body mass by species",
        lambda p: series(p.groupby("Species")["Body Mass (g)"].mean()),
    ),
    (
        "Which species is the heaviest on average?",
        lambda p: top(p.groupby("Species")["Body Mass (g)"].mean()),
    ),
    ("Which island has the most penguins?", lambda p: top(p.groupby("Island").size())),
    (
        "What is the median flipper length of female Gentoo penguins?",
        lambda p: One(
            p[(p.Sex == "female") & (p.Species == "Gentoo")]["Flipper Length (mm)"].median()
        ),
    ),
    (
        "How many penguins weigh more than 5 kg?",
        lambda p: One(int((p["Body Mass (g)"] > 5000).sum())),
    ),
    (
        "Which species has the longest beak?",
        lambda p: top(p.groupby("Species")["Beak Length (mm)"].mean()),
    ),
    (
        "average bill depth per species and island",
        lambda p: series(p.groupby(["Species", "Island"])["Beak Depth (mm)"].mean()),
    ),
    ("How many different species are there?", lambda p: One(p.Species.nunique())),
    (
        "Compare the body mass of Adelie and Gentoo",
        lambda p: series(
            p[p.Species.isin(["Adelie", "Gentoo"])].groupby("Species")["Body Mass (g)"].mean()
        ),
    ),
    ("How many rows have missing sex?", lambda p: One(int(p.Sex.isna().sum()))),
    (
        "Is Gentoo heavier than Adelie?",
        lambda p: top(
            p[p.Species.isin(["Adelie", "Gentoo"])].groupby("Species")["Body Mass (g)"].mean()
        ),
    ),
    (
        "What is the species of the heaviest penguin?",
        lambda p: First((p.loc[p["Body Mass (g)"].idxmax()].Species,), 10),
    ),
    (
        "number of penguins on Biscoe or Dream",
        lambda p: One(int(p.Island.isin(["Biscoe", "Dream"]).sum())),
    ),
    (
        "How many penguins weigh between 4 and 5 kg?",
        lambda p: One(int(p["Body Mass (g)"].between(4000, 5000).sum())),
    ),
    ("distribution of species", lambda p: series(p.groupby("Species").size())),
    ("Heaviest penguin", lambda p: First((p["Body Mass (g)"].max(),), 10)),
    (
        "How many male penguins per island?",
        lambda p: series(p[p.Sex == "male"].groupby("Island").size()),
    ),
    (
        "smallest flipper length on Biscoe",
        lambda p: One(p[p.Island == "Biscoe"]["Flipper Length (mm)"].min()),
    ),
    (
        "number of penguins heavier than 4000 g by species",
        lambda p: series(p[p["Body Mass (g)"] > 4000].groupby("Species").size()),
    ),
    (
        "Which species live on Dream?",
        lambda p: series(p[p.Island == "Dream"].groupby("Species").size()),
    ),
    (
        "How many species per island?",
        lambda p: series(p.groupby("Island").Species.nunique()),
    ),
    (
        "Averge body mass by specis",
        lambda p: series(p.groupby("Species")["Body Mass (g)"].mean()),
    ),
    (
        "List all penguins on Torgersen with flipper length over 200",
        lambda p: Listed(len(p[(p.Island == "Torgersen") & (p["Flipper Length (mm)"] > 200)])),
    ),
]

UNEMPLOYMENT: list[Golden] = [
    (
        "Which industry has the highest average unemployment rate?",
        lambda u: top(u.groupby("industry").unemployment_rate.mean()),
    ),
    (
        "Average unemployment rate by year",
        lambda u: series(u.groupby(year(u)).unemployment_rate.mean()),
    ),
    (
        "Unemployed in construction by month in 2009",
        lambda u: months(
            u[(u.industry == "Construction") & (year(u) == 2009)]
            .groupby(month(u))
            .unemployed.mean()
        ),
    ),
    (
        "Which industry had the lowest unemployment rate in 2007?",
        lambda u: top(u[year(u) == 2007].groupby("industry").unemployment_rate.min(), low=True),
    ),
    ("How many industries are there?", lambda u: One(u.industry.nunique())),
    (
        "What was the unemployment rate in construction in January 2010?",
        lambda u: First(
            (
                "2010-01-01",
                u[(u.industry == "Construction") & (u.date == "2010-01-01")].unemployment_rate.iloc[
                    0
                ],
            ),
            1,
        ),
    ),
    (
        "Which year had the highest average unemployment rate?",
        lambda u: top(u.groupby(year(u)).unemployment_rate.mean()),
    ),
    (
        "Average unemployment rate in Agriculture",
        lambda u: One(u[u.industry.str.startswith("Agriculture")].unemployment_rate.mean()),
    ),
    (
        "Compare the unemployment rate of Construction and Government in 2009",
        lambda u: series(
            u[u.industry.isin(["Construction", "Government"]) & (year(u) == 2009)]
            .groupby("industry")
            .unemployment_rate.mean()
        ),
    ),
    (
        "Top 3 industries by average unemployment rate in 2009",
        lambda u: First(
            top(u[year(u) == 2009].groupby("industry").unemployment_rate.mean()).cells, 3
        ),
    ),
    ("Highest unemployment rate", lambda u: One(u.unemployment_rate.max())),
    (
        "How many rows had an unemployment rate above 20 %?",
        lambda u: One(int((u.unemployment_rate > 20).sum())),
    ),
    ("median unemployed by industry", lambda u: series(u.groupby("industry").unemployed.median())),
    ("latest date", lambda u: First((str(u.date.max().date()),), 1)),
]

# Questions that no plan over these tables can answer, or that mislead.
UNANSWERABLE: list[tuple[str, str]] = [
    ("seattle-weather", "difference between temp_max and temp_min"),
    ("seattle-weather", "How many days before 2013 or after 2014?"),
    ("seattle-weather", "which months had more than 100 mm of rain"),
    ("seattle-weather", "coldest day in the warmest year"),
    ("seattle-weather", "How many days had temp_max greater than temp_min?"),
    ("penguins", "which island has no Gentoo penguins"),
    ("penguins", "average body mass of adelie in 2008"),
    ("penguins", "lightest and heaviest penguin"),
    ("seattle-weather", "What is the weather like on Mars?"),
    ("seattle-weather", "What will the temperature be tomorrow?"),
    ("seattle-weather", "What is the average humidity?"),
    ("seattle-weather", "Which city has the most rain?"),
    ("seattle-weather", "Tell me a joke"),
    ("seattle-weather", "Why does it rain in Seattle?"),
    ("seattle-weather", "What was the snow depth in 2014?"),
    ("seattle-weather", "Is 2014 better than 2013?"),
    ("seattle-weather", "How many tourists visited in 2013?"),
    ("seattle-weather", "What is the average pressure by month?"),
    ("seattle-weather", "Who measured the data?"),
    ("seattle-weather", "How many days did it snow in 1999?"),
    ("seattle-weather", "Predict the wind in 2016"),
    ("seattle-weather", "Average precipitation in Portland"),
    ("seattle-weather", "How many days was precipitation above 3 kg?"),
    ("seattle-weather", "How many months had precipitation above 20?"),
    ("penguins", "How many penguins live in Antarctica?"),
    ("penguins", "What is the average wingspan?"),
    ("penguins", "Which penguin is the cutest?"),
    ("penguins", "How many penguins were hatched in 2007?"),
    ("penguins", "Average body mass of Emperor penguins"),
    ("penguins", "Where do most penguins live?"),
    ("unemployment-across-industries", "What is the unemployment rate in Germany?"),
    ("unemployment-across-industries", "Average wage by industry"),
    ("unemployment-across-industries", "Will unemployment fall next year?"),
    ("unemployment-across-industries", "Unemployment rate in 2015"),
]

# Questions with two equally good readings: the person must choose.
AMBIGUOUS: list[tuple[str, str]] = [
    ("seattle-weather", "average temperature by month"),
    ("seattle-weather", "How many days had no rain?"),
    ("seattle-weather", "average annual rainfall"),
    ("seattle-weather", "wind in 2014"),
    ("penguins", "Average length by species"),
    ("penguins", "Which species has the longest?"),
    ("unemployment-across-industries", "Average unemployment in 2009"),
]
