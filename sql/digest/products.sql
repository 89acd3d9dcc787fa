-- UMOTs for and against, by product; the brand where no product is meant.
select coalesce(product, brand), count_if(polarity = 'for'), count_if(polarity = 'against')
from umot_feed
where created_date between getvariable('first_day') and getvariable('last_day')
    and brand is not null
group by 1
order by count(*) desc, 1
