-- Posts a day by brand; a day without a row was not seen or had none.
select name, created_date, sum(post_count)::bigint
from share_of_voice_daily
join brands using (brand_id)
where created_date between getvariable('first_day') and getvariable('last_day')
    and level = 'brand'
    and post_count > 0
group by name, created_date
