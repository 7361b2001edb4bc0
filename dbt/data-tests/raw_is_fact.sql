-- Each listen that landed is one fact, and its duration counts once.
with

raw_listens as (

    select
        event_id,
        duration

    from {{ source('raw', 'listen_events') }}

    {{ first_landed() }}

),

facts as (

    select * from {{ ref('fact_streams') }}

),

{{ compare_listens('raw_listens', 'facts') }}
