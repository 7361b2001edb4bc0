with

counts as (

    select * from {{ ref('stg_plays_per_song') }}

),

songs as (

    select * from {{ ref('dim_songs') }}

),

keyed as (

    select
        coalesce(songs.song_key, {{ unknown_key() }}) as song_key,
        coalesce(songs.song, 'Unknown') as song,
        coalesce(songs.artist_credit, 'Unknown') as artist_credit,
        counts.window_start,
        counts.window_end,
        counts.plays

    from counts

    left join songs on counts.track_id = songs.track_id

),

final as (

    select
        -- keys
        song_key,
        window_start,
        window_end,

        -- the song
        song,
        artist_credit,

        -- measures
        cast(sum(plays) as bigint) as plays

    from keyed

    group by song_key, window_start, window_end, song, artist_credit

)

select * from final
