//! Looks at the account and the service themselves.

use super::{super::*, *};

#[test]
fn looks_at_the_account_ask_for_as_little_as_there_is() {
    let org = org();
    insta::assert_json_snapshot!(
        [
            me(),
            organizations(),
            sub_partners(),
            licenses(),
            one_of(&["wholesale", "billing", "reports"]),
            one_calling_location(),
            own_pstn_options(&crate::model::LocationId::new("l1")),
            one_scim_user(&org),
            scim_users(&org),
        ]
        .map(|request| {
            assert_eq!(request.effect, Effect::Reads);
            shown(&request)
        }),
        @r#"
    [
      {
        "request": "GET /people/me"
      },
      {
        "request": "GET /organizations"
      },
      {
        "request": "GET /wholesale/subPartners?max=100"
      },
      {
        "request": "GET /licenses"
      },
      {
        "request": "GET /wholesale/billing/reports?max=1"
      },
      {
        "request": "GET /telephony/config/locations?max=1"
      },
      {
        "request": "GET /telephony/pstn/locations/l1/connectionOptions"
      },
      {
        "request": "GET /identity/scim/52cf576d-60a8-407a-b22c-467c51591908/v2/Users?count=1"
      },
      {
        "request": "GET /identity/scim/52cf576d-60a8-407a-b22c-467c51591908/v2/Users?count=100"
      }
    ]
    "#
    );
}
