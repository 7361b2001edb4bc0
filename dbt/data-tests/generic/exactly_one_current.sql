{# Each key has one current row. #}
{% test exactly_one_current(model, key, is_current) %}

select
    {{ key }},
    count(case when {{ is_current }} then 1 end) as current_rows

from {{ model }}

group by {{ key }}

having count(case when {{ is_current }} then 1 end) <> 1

{% endtest %}
