{# Each period ends after it starts and where the next one starts, the last one never: no overlap and no gap. #}
{% test contiguous_history(model, key, valid_from, valid_to) %}

with

periods as (

    select
        {{ key }},
        {{ valid_from }},
        {{ valid_to }},
        coalesce(
            lead({{ valid_from }}) over (
                partition by {{ key }}
                order by {{ valid_from }}, {{ valid_to }}
            ),
            {{ end_of_time() }}
        ) as next_from

    from {{ model }}

)

select * from periods

where {{ valid_from }} >= {{ valid_to }} or {{ valid_to }} <> next_from

{% endtest %}
