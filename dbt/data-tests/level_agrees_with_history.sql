-- The level that a listen shows is the one of its period in dim_users, unless two levels were shown at that very time.
with

facts as (

    select * from {{ ref('fact_streams') }}

),

users as (

    select * from {{ ref('dim_users') }}

),

user_events as (

    select * from {{ ref('int_user_events') }}

)

select
    facts.event_id,
    facts.level,
    users.level as level_in_history

from facts

inner join users on facts.user_key = users.user_key

where facts.user_id is not null
    and facts.level <> users.level
    and not exists (
        select 1 from user_events

        where user_events.user_id = facts.user_id
            and user_events.ts = facts.ts
            and user_events.level = users.level
    )
