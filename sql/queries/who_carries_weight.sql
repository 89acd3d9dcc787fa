-- part: people
-- question: Who carries weight in our category, whatever the number of followers?
-- reads: One row = one person, by the account with the highest authority: profiles are of accounts and of categories, so counting their rows counts a person several times. authority compares within the size tier; brands' own accounts are left out.
-- param category: category_id in brands.yml; NULL for that of our first brand (categories.category_id) = NULL
-- param tier: size of the following; NULL for all (nano, micro, macro or mega) = NULL
select
    first(
        coalesce(names.name, names.handle, left(profiles.author_id, 8))
        order by profiles.authority desc, profiles.author_id
    ) as person,
    count(*) as accounts,
    arg_max(profiles.tier, profiles.authority) as tier,
    max(profiles.authority) as authority,
    arg_max(profiles.peer_count, profiles.authority) as among_accounts,
    sum(profiles.category_post_count)::bigint as posts_about_it,
    arg_max(round(profiles.topical_share, 2), profiles.authority) as topical_share,
    arg_max(profiles.umot_yield, profiles.authority) as umots_that_followed,
    arg_max(profiles.social_credit, profiles.authority) as social_credit,
    arg_max(round(profiles.commercial_share, 2), profiles.authority) as commercial_share,
    arg_max(
        [
            taken.name || ' ' || taken.polarity || if(taken.is_of_category, '', ' (of another kind)')
            for taken in profiles.shelf
        ],
        profiles.authority
    ) as shelf
from author_profiles as profiles
left join author_names as names
    on profiles.author_id = names.author_id
where profiles.category_id = coalesce(
        $category, (select category_id from brands where not is_rival order by brand_id limit 1)
    )
    and profiles.authority is not null
    and not profiles.is_owned
    and ($tier is null or profiles.tier = $tier)
group by profiles.person_id
order by authority desc, posts_about_it desc, person
