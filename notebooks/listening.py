# The published file in charts, with the words behind them. `make notebook` opens it as an app.

import marimo

app = marimo.App(width="medium", app_title="Ouï-dire: listening")


@app.cell
def _():
    import datetime as dt

    import altair as alt
    import marimo as mo

    from ouidire.digest.content import number, percent
    from ouidire.digest.gather import QUERIES
    from ouidire.settings import load
    from warehouse.connect import open_published

    published = load().published
    mo.stop(not published.exists(), mo.md(f"Nothing is published yet at `{published}`: run `make run` first."))
    con = open_published(published)
    return QUERIES, alt, con, dt, mo, number, percent


@app.cell
def _(con, dt, mo):
    names = con.execute("SELECT name, brand_id FROM brands ORDER BY is_rival, name").fetchall()
    first, last = con.execute("SELECT min(created_date), max(created_date) FROM core_posts").fetchone()
    mo.stop(first is None, mo.md("Nothing was heard yet."))
    brand = mo.ui.dropdown(dict(names), value=names[0][0], label="brand")
    start = max(first, last - dt.timedelta(days=89))
    days = mo.ui.date_range(start=first, stop=last, value=(start, last), label="days")
    mo.vstack([mo.md("# What people say, in their own words"), mo.hstack([brand, days], justify="start")])
    return brand, days


@app.cell
def _(QUERIES, brand, con, days, mo, number, percent):
    about = {"brand": brand.value, "first": days.value[0], "last": days.value[1]}
    con.execute("SET VARIABLE first_day = ?::DATE", [about["first"]])
    con.execute("SET VARIABLE last_day = ?::DATE", [about["last"]])
    [(_, _, posts, _, people, seen)] = con.execute((QUERIES / "totals.sql").read_text(encoding="utf-8")).fetchall()
    voices = {name: rest for name, *rest in con.execute((QUERIES / "voices.sql").read_text(encoding="utf-8")).fetchall()}
    *_, for_, against = voices[brand.selected_key]
    mo.hstack(
        [
            mo.stat(number(posts), label="posts heard", caption=f"from {number(people)} people"),
            mo.stat(number(for_), label="people recommend it", caption="organic, from experience, by their latest word"),
            mo.stat(number(against), label="advise against it", caption="each person counts once"),
            mo.stat(percent(seen), label="seen of what was planned", caption="a hole is never a silence"),
        ],
        justify="start",
    )
    return (about,)


@app.cell
def _(about, alt, con, mo):
    voice = con.execute(
        "SELECT created_date::varchar AS created_date, name AS brand, sum(post_count)::bigint AS posts, "
        "(sum(post_count) / nullif(sum(tracked_post_count), 0))::double AS share "
        "FROM share_of_voice_daily JOIN brands USING (brand_id) "
        "WHERE level = 'brand' AND created_date BETWEEN $first AND $last GROUP BY ALL ORDER BY ALL",
        {name: about[name] for name in ("first", "last")},
    ).to_arrow_table()
    chart = (
        alt.Chart(alt.Data(values=voice.to_pylist()))
        .mark_bar()
        .encode(
            x=alt.X("created_date:T", title=None),
            y=alt.Y("posts:Q", title="posts that mention it", stack=True),
            color=alt.Color("brand:N", title=None),
            tooltip=["created_date:T", "brand:N", "posts:Q", alt.Tooltip("share:Q", format=".0%")],
        )
        .properties(height=220, width="container")
    )
    mo.vstack([mo.md("## Share of voice"), chart])
    return


@app.cell
def _(about, alt, con, mo):
    moments = con.execute(
        "SELECT sentence, polarity, coalesce(product, brand) AS product, created_at, commercial, reasons, influenced_by, "
        "source, url FROM umot_feed WHERE brand_id = $brand AND created_date BETWEEN $first AND $last ORDER BY created_at DESC",
        about,
    ).to_arrow_table()
    rows = moments.to_pylist()
    bars = (
        alt.Chart(alt.Data(values=[{"product": row["product"], "polarity": row["polarity"]} for row in rows]))
        .mark_bar()
        .encode(
            x=alt.X("count():Q", title="UMOTs"),
            y=alt.Y("product:N", title=None, sort="-x"),
            color=alt.Color("polarity:N", scale=alt.Scale(domain=["for", "against"], range=["#2a9d6f", "#c8553d"]), title=None),
        )
        .properties(height=alt.Step(24), width="container")
    )
    mo.vstack(
        [
            mo.md("## Who recommends it, or advises against it"),
            bars if rows else mo.md("No UMOT about it in these days."),
            mo.ui.table(
                moments,
                page_size=10,
                selection=None,
                show_column_summaries=False,
                wrapped_columns=["sentence"],
                label="the words themselves, newest first",
            ),
        ]
    )
    return


@app.cell
def _(about, con, mo):
    steps = con.execute(
        "SELECT product_id AS product, person_count AS people, generation, evidence, influenced_at, days_from_advice, "
        "umot_polarity FROM chains WHERE brand_id = $brand AND influenced_at::date <= $last AND $first <= $last "
        "ORDER BY depth DESC, chain_id, generation",
        about,
    ).to_arrow_table()
    mo.vstack(
        [
            mo.md("## Who took it up on whose advice"),
            mo.ui.table(steps, page_size=10, selection=None, show_column_summaries=False, wrapped_columns=["evidence"])
            if steps.num_rows else mo.md("No chain was seen."),
        ]
    )
    return


@app.cell
def _(about, alt, con, mo):
    holes = con.execute(
        "SELECT created_date::varchar AS created_date, source, coalesce(coverage, 0)::double AS coverage, "
        "reasons::varchar AS reasons FROM coverage_daily "
        "WHERE created_date BETWEEN $first AND $last ORDER BY ALL",
        {name: about[name] for name in ("first", "last")},
    ).to_arrow_table()
    calendar = (
        alt.Chart(alt.Data(values=holes.to_pylist()))
        .mark_rect()
        .encode(
            x=alt.X("yearmonthdate(created_date):O", title=None, axis=alt.Axis(labels=False, ticks=False)),
            y=alt.Y("source:N", title=None),
            color=alt.Color("coverage:Q", scale=alt.Scale(domain=[0, 1], scheme="yellowgreen"), title="seen"),
            tooltip=["created_date:T", "source:N", alt.Tooltip("coverage:Q", format=".0%"), "reasons:N"],
        )
        .properties(height=alt.Step(18), width="container")
    )
    mo.vstack([mo.md("## What was seen, and what was not"), calendar])
    return


if __name__ == "__main__":
    app.run()
