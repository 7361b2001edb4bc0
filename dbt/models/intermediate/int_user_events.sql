with

listens as (

    select * from {{ ref('stg_listen_events') }}

),

page_views as (

    select * from {{ ref('stg_page_view_events') }}

),

auths as (

    select * from {{ ref('stg_auth_events') }}

),

status_changes as (

    select * from {{ ref('stg_status_change_events') }}

),

{% set columns -%}
        user_id,
        ts,
        session_id,
        item_in_session,
        first_name,
        last_name,
        gender,
        registered_at,
        tag
{%- endset -%}

unioned as (

    select
        {{ columns }},
        level,
        false as is_level_change

    from listens

    union all

    select
        {{ columns }},
        level,
        false as is_level_change

    from page_views

    union all

    select
        {{ columns }},
        level,
        false as is_level_change

    from auths

    union all

    select
        {{ columns }},
        new_level as level,
        true as is_level_change

    from status_changes

),

final as (

    select * from unioned

    where user_id is not null

)

select * from final
