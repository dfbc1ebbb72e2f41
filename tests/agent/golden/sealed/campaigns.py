"""A table kept apart: what came of a shop's e-mail campaigns."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    SEALED_TABLES,
    First,
    Gap,
    GoldenTable,
    Listed,
    One,
    Table,
    best,
    keyed,
    names,
    periods,
)


def _campaigns() -> Table:
    table = pd.read_csv(SEALED_TABLES / "email-campaigns.csv", thousands=",")
    table.columns = [
        *("campaign", "sent", "day", "subject", "type", "segment", "recipients", "bounced"),
        *("opens", "clicks", "unsubscribes", "orders", "revenue", "variant", "writer", "rate"),
    ]
    table["sent"] = pd.to_datetime(table.sent, format="%d-%b-%Y")
    table["rate"] = table.rate.str.removesuffix("%").astype(float)
    return table


CAMPAIGNS = GoldenTable(
    "email-campaigns",
    _campaigns,
    [
        ("How many campaigns did we send?", lambda t: One(len(t))),
        ("total revenue in USD", lambda t: One(t.revenue.sum())),
        ("total clicks by type", lambda t: keyed(t.groupby("type").clicks.sum())),
        (
            "Which campaign had the highest open rate?",
            lambda t: First((t.loc[t.rate.idxmax()].campaign,)),
        ),
        ("Which subject line was used most often?", lambda t: best(t.subject.value_counts())),
        (
            "How many clicks did the promotions to students get?",
            lambda t: One(int(t[(t.type == "Promotion") & (t.segment == "Students")].clicks.sum())),
        ),
        (
            "unsubscribes per month",
            lambda t: periods(t.groupby(t.sent.dt.to_period("M")).unsubscribes.sum()),
        ),
        (
            "Did variant A or B bring more revenue in total?",
            lambda t: best(t.groupby("variant").revenue.sum()),
        ),
        ("How many campaigns have no revenue?", lambda t: One(int(t.revenue.isna().sum()))),
        ("campaigns sent on a Sunday", lambda t: Listed(int((t.day == "Sun").sum()))),
        (
            "What percentage of all opens led to a click?",
            lambda t: One(100 * t.clicks.sum() / t.opens.sum()),
        ),
        (
            "top 5 campaigns by orders",
            lambda t: First(tuple(t.nlargest(1, "orders")[["campaign", "orders"]].iloc[0]), 5),
        ),
        ("who wrote the most campaigns", lambda t: best(t.writer.value_counts())),
        (
            "median recipients of the newsletters",
            lambda t: One(t[t.type == "Newsletter"].recipients.median()),
        ),
        (
            "campaigns with more than 10,000 recipients and fewer than 5 unsubscribes",
            lambda t: Listed(int(((t.recipients > 10_000) & (t.unsubscribes < 5)).sum())),
        ),
        (
            "When was the last win-back campaign sent?",
            lambda t: First((str(t[t.type == "Win-back"].sent.max().date()),)),
        ),
        (
            "How many campaigns were neither newsletters nor promotions?",
            lambda t: One(int((~t.type.isin(["Newsletter", "Promotion"])).sum())),
        ),
        (
            'Which segments got "Last chance: winter sale"?',
            lambda t: names(t[t.subject == "Last chance: winter sale"].segment),
        ),
        (
            "difference between the average opens of Mia and Priya",
            lambda t: Gap(t[t.writer == "Mia"].opens.mean() - t[t.writer == "Priya"].opens.mean()),
        ),
        (
            "total revenue in the first quarter of 2024",
            lambda t: One(t[t.sent.dt.to_period("Q") == "2024Q1"].revenue.sum()),
        ),
        (
            "How many campaigns did Jon write in January 2024?",
            lambda t: One(
                int(((t.writer == "Jon") & (t.sent.dt.to_period("M") == "2024-01")).sum())
            ),
        ),
        ("highest number of bounced mails", lambda t: First((t.bounced.max(),))),
        ("average orders by segment", lambda t: keyed(t.groupby("segment").orders.mean())),
        (
            "recipients in total for VIP",
            lambda t: One(int(t[t.segment == "VIP"].recipients.sum())),
        ),
        ("how many clicks did C22 get", lambda t: One(t[t.campaign == "C22"].clicks.item())),
    ],
    [
        "opens on mobile phones",
        "How many mails went to Gmail addresses?",
        "Why did people unsubscribe?",
        "Which subject line is the best?",
        "total cost of the campaigns",
        "Which campaign should we repeat?",
        "spam complaints by segment",
        "opens by women",
        "profit of the promotions",
        "How many text messages were sent?",
        "campaigns written in French",
        "average time until a mail was opened",
        "orders from returning customers",
        "How much revenue will the June newsletter bring?",
        "recipients in Texas",
    ],
)
