-- A listen has an unknown member exactly where its event gives no natural key.
with

facts as (

    select * from {{ ref('fact_streams') }}

),

listens as (

    select * from {{ ref('stg_listen_events') }}

)

select facts.*

from facts

inner join listens on facts.event_id = listens.event_id

where (facts.user_key = {{ unknown_key() }}) <> (listens.user_id is null)
    or (facts.song_key = {{ unknown_key() }}) <> (listens.track_id is null)
    or (facts.artist_key = {{ unknown_key() }}) <> (listens.artist_id is null)
    or (facts.location_key = {{ unknown_key() }}) <> (coalesce(listens.city, listens.zip, listens.state) is null)
    or facts.datetime_key = {{ unknown_hour() }}
