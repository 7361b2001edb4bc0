{# The differences between two relations of listens: events of one only, the number of rows, the sum of durations. #}
{% macro compare_listens(left_name, right_name) %}

left_only as (

    select event_id from {{ left_name }}
    except
    select event_id from {{ right_name }}

),

right_only as (

    select event_id from {{ right_name }}
    except
    select event_id from {{ left_name }}

),

left_totals as (

    select
        count(*) as listens,
        coalesce(sum(cast(duration as decimal(18, 6))), 0) as duration

    from {{ left_name }}

),

right_totals as (

    select
        count(*) as listens,
        coalesce(sum(cast(duration as decimal(18, 6))), 0) as duration

    from {{ right_name }}

),

final as (

    select 'event ' || event_id || ' is only in {{ left_name }}' as problem from left_only

    union all

    select 'event ' || event_id || ' is only in {{ right_name }}' as problem from right_only

    union all

    select
        left_totals.listens || ' listens of ' || left_totals.duration || ' s in {{ left_name }}, '
        || right_totals.listens || ' of ' || right_totals.duration || ' s in {{ right_name }}' as problem

    from left_totals

    cross join right_totals

    where left_totals.listens <> right_totals.listens
        or left_totals.duration <> right_totals.duration

)

select * from final

{% endmacro %}
