-- The delivery guarantee, seen from the warehouse: no place in the log has landed twice.
with

landed as (

    {% for topic in ['listen_events', 'page_view_events', 'auth_events', 'status_change_events'] %}
    select _topic, _partition, _offset from {{ source('raw', topic) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    _topic,
    _partition,
    _offset,
    count(*) as times

from landed

group by _topic, _partition, _offset

having count(*) > 1
