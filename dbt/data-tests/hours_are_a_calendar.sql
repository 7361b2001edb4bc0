-- Each hour of each day between the first and the last is there, under the name that the database's calendar gives it.
{{ config(enabled=target.type == 'duckdb') }}

with

hours as (

    select * from {{ ref('dim_datetime') }}

    where hour_start is not null

),

wrong_hours as (

    select datetime_key

    from hours

    where dayname(hour_start) <> day_name
        or monthname(hour_start) <> month_name
        or (dayname(hour_start) in ('Saturday', 'Sunday')) <> is_weekend
        or strftime(hour_start, '%Y%m%d%H') <> cast(datetime_key as varchar)

),

gaps as (

    select max(datetime_key) as datetime_key

    from hours

    having count(*) <> {{ dbt.datediff('min(hour_start)', 'max(hour_start)', 'hour') }} + 1

)

select * from wrong_hours
union all
select * from gaps
