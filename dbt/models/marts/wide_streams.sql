{# A view that names no database: it also works when the file is opened under another name. #}
{{ config(materialized='view') }}

with

streams as (

    select * from {{ ref('fact_streams').include(database=false) }}

),

users as (

    select * from {{ ref('dim_users').include(database=false) }}

),

songs as (

    select * from {{ ref('dim_songs').include(database=false) }}

),

artists as (

    select * from {{ ref('dim_artists').include(database=false) }}

),

locations as (

    select * from {{ ref('dim_locations').include(database=false) }}

),

hours as (

    select * from {{ ref('dim_datetime').include(database=false) }}

),

final as (

    select
        -- keys
        streams.event_id,
        streams.datetime_key,
        streams.user_key,
        streams.song_key,
        streams.artist_key,
        streams.location_key,

        -- the listen
        streams.ts,
        streams.session_id,
        streams.item_in_session,
        streams.device_id,
        streams.auth,
        streams.level,

        -- the hour
        hours.date,
        hours.hour,
        hours.month_name,
        hours.day_of_week,
        hours.day_name,
        hours.is_weekend,

        -- the listener
        streams.user_id,
        users.first_name,
        users.last_name,
        users.gender,
        users.registered_at,
        users.tag,

        -- the song
        songs.track_id,
        songs.song,
        songs.artist_credit,
        artists.artist_id,
        artists.artist,

        -- the place
        locations.city,
        locations.zip,
        locations.state,
        locations.state_name,
        locations.lat,
        locations.lon,

        -- measures
        streams.duration

    from streams

    left join users on streams.user_key = users.user_key

    left join songs on streams.song_key = songs.song_key

    left join artists on streams.artist_key = artists.artist_key

    left join locations on streams.location_key = locations.location_key

    left join hours on streams.datetime_key = hours.datetime_key

)

select * from final
