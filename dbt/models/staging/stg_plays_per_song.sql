with

source as (

    select * from {{ source('raw', 'plays_per_song') }}

),

final as (

    select
        -- the window
        window_start,
        window_end,
        partition,

        -- the song
        nullif(track_id, '') as track_id,
        artist,
        song,

        -- measures
        plays

    from source

)

select * from final
