-- Joining the dimensions neither drops nor multiplies a listen.
with

facts as (

    select * from {{ ref('fact_streams') }}

),

wide as (

    select * from {{ ref('wide_streams') }}

),

{{ compare_listens('facts', 'wide') }}
