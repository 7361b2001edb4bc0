with

listens as (

    select * from {{ ref('stg_listen_events') }}

),

bounds as (

    select
        cast(min(ts) as date) as first_date,
        cast(max(ts) as date) as last_date

    from listens

),

digits as (

    select digit

    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as d (digit)

),

-- 0 to 99,999: days of 273 years
numbers as (

    select
        d0.digit
        + 10 * d1.digit
        + 100 * d2.digit
        + 1000 * d3.digit
        + 10000 * d4.digit as number

    from digits as d0

    cross join digits as d1
    cross join digits as d2
    cross join digits as d3
    cross join digits as d4

),

days as (

    select {{ dbt.dateadd('day', 'numbers.number', 'bounds.first_date') }} as day_start

    from bounds

    inner join numbers
        on numbers.number <= {{ dbt.datediff('bounds.first_date', 'bounds.last_date', 'day') }}

),

hours as (

    select
        {{ dbt.dateadd('hour', 'numbers.number', 'days.day_start') }} as hour_start,

        -- 1900-01-01 was a Monday
        mod({{ dbt.datediff("cast('1900-01-01' as date)", 'days.day_start', 'day') }}, 7) + 1
            as day_of_week

    from days

    inner join numbers on numbers.number < 24

),

known as (

    select
        -- keys
        extract(year from hour_start) * 1000000
        + extract(month from hour_start) * 10000
        + extract(day from hour_start) * 100
        + extract(hour from hour_start) as datetime_key,
        hour_start,

        -- calendar
        cast(hour_start as date) as date,
        extract(year from hour_start) as year,
        extract(quarter from hour_start) as quarter,
        extract(month from hour_start) as month,
        case extract(month from hour_start)
            when 1 then 'January'
            when 2 then 'February'
            when 3 then 'March'
            when 4 then 'April'
            when 5 then 'May'
            when 6 then 'June'
            when 7 then 'July'
            when 8 then 'August'
            when 9 then 'September'
            when 10 then 'October'
            when 11 then 'November'
            when 12 then 'December'
        end as month_name,
        extract(day from hour_start) as day_of_month,
        extract(hour from hour_start) as hour,

        -- week
        extract(week from hour_start) as week_of_year,
        day_of_week,
        case day_of_week
            when 1 then 'Monday'
            when 2 then 'Tuesday'
            when 3 then 'Wednesday'
            when 4 then 'Thursday'
            when 5 then 'Friday'
            when 6 then 'Saturday'
            when 7 then 'Sunday'
        end as day_name,
        day_of_week in (6, 7) as is_weekend

    from hours

),

unknown as (

    select
        {{ unknown_hour() }} as datetime_key,
        null as hour_start,
        null as date,
        null as year,
        null as quarter,
        null as month,
        'Unknown' as month_name,
        null as day_of_month,
        null as hour,
        null as week_of_year,
        null as day_of_week,
        'Unknown' as day_name,
        null as is_weekend

),

final as (

    select * from known

    union all

    select * from unknown

)

select * from final
