-- Coverage of every source and day.
select source, created_date, coverage
from coverage_daily
where created_date between getvariable('first_day') and getvariable('last_day')
