-- A ledger of format 1, as the first version of hubform wrote it.
PRAGMA application_id = 1752523366;
CREATE TABLE lock (
        one   INTEGER PRIMARY KEY CHECK (one = 1),
        owner TEXT NOT NULL,
        host  TEXT NOT NULL,
        pid   INTEGER NOT NULL,
        run   TEXT NOT NULL,
        since TEXT NOT NULL
    ) STRICT;
CREATE TABLE meta (
        key   TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('base_url','');
INSERT INTO "meta" VALUES('lineage','5a6242fbcc79a532e02fb2b400cff280');
INSERT INTO "meta" VALUES('partner','Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi9mZDZjNmJmYi1jMjdlLTRhNTAtYWQyMS1kNzM4YjA2OWI1NDM');
INSERT INTO "meta" VALUES('project','minimal');
INSERT INTO "meta" VALUES('schema_version','1');
INSERT INTO "meta" VALUES('target','simulator');
INSERT INTO "meta" VALUES('used','1');
CREATE TABLE record (
        address   TEXT PRIMARY KEY NOT NULL, -- user/johns-pizza/ann@johns-pizza.example
        kind      TEXT NOT NULL,             -- template, customer, location, user
        customer  TEXT,                      -- none for a template
        remote_id TEXT,                      -- the main id of `ids`
        ids       TEXT NOT NULL,             -- JSON
        applied   TEXT NOT NULL,             -- JSON: the fields as last applied
        lifecycle TEXT NOT NULL,             -- JSON
        created   INTEGER NOT NULL           -- 1 if hubform made it, 0 if it was adopted
    ) STRICT, WITHOUT ROWID;
INSERT INTO "record" VALUES('customer/corner-cafe','customer','corner-cafe','Y2lzY29zcGFyazovL3VzL0VOVEVSUFJJU0UvMDAwMDAwMDItNGRkMi00ZWI4LTk2NTAtYTgyNDY2NDA3MDU1','{"kind":"customer","id":"Y2lzY29zcGFyazovL3VzL0VOVEVSUFJJU0UvMDAwMDAwMDItNGRkMi00ZWI4LTk2NTAtYTgyNDY2NDA3MDU1","orgId":"Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8wMDAwMDAwNC02ZDQ1LTQwYjUtOTEyMi0xMDFhN2Y0NjkyNTQ"}','{"adminEmail":"rosa@corner-cafe.example","billingAddress.city":"Milpitas","billingAddress.country":"US","billingAddress.line1":"12 Harbor Row","billingAddress.postalCode":"95035","billingAddress.state":"CA","company":"Corner Cafe","externalId":"corner-cafe","language":"en_us","packages[webex_calling]":"webex_calling","packages[webex_calling].quantity":5,"template":"standard-us"}','{"protect":false,"onRemove":"unmap","adopt":false}',1);
INSERT INTO "record" VALUES('location/corner-cafe/headquarters','location','corner-cafe','Y2lzY29zcGFyazovL3VzL0xPQ0FUSU9OLzAwMDAwMDA4LTdkZjktNDYwMC1hN2E2LTFkNDQxYjcyNWU4Yw','{"kind":"location","id":"Y2lzY29zcGFyazovL3VzL0xPQ0FUSU9OLzAwMDAwMDA4LTdkZjktNDYwMC1hN2E2LTFkNDQxYjcyNWU4Yw"}','{"address.city":"Milpitas","address.country":"US","address.line1":"12 Harbor Row","address.postalCode":"95035","address.state":"CA","announcementLanguage":"en_us","displayName":"Cafe","language":"en_us","mainNumber":"+14085550100","numbers[+14085550100]":"+14085550100","numbers[+14085550101]":"+14085550101","numbers[+14085550102]":"+14085550102","numbers[+14085550103]":"+14085550103","numbers[+14085550104]":"+14085550104","numbers[+14085550105]":"+14085550105","numbers[+14085550106]":"+14085550106","numbers[+14085550107]":"+14085550107","numbers[+14085550108]":"+14085550108","numbers[+14085550109]":"+14085550109","pstn.provider":"Acme Trunks","pstn.type":"non-integrated-ccp","timeZone":"America/Los_Angeles"}','{"protect":false,"onRemove":"unmap","adopt":false}',1);
INSERT INTO "record" VALUES('template/standard-us','template',NULL,'MDAwMDAwMDEtOWRhMC00MzdhLWFjNGYtMjlmZDA5NjhhYzY1','{"kind":"template","provisioningId":"MDAwMDAwMDEtOWRhMC00MzdhLWFjNGYtMjlmZDA5NjhhYzY1"}','{"administrator":"ops@provider.example","authentication.method":"webex","country":"US","disableWebexCalling":false,"displayName":"Standard US","restrictAdminInvites":false,"subscription":"Sub-100448"}','{"protect":false,"onRemove":"unmap","adopt":false}',1);
INSERT INTO "record" VALUES('user/corner-cafe/rosa@corner-cafe.example','user','corner-cafe','Y2lzY29zcGFyazovL3VzL1NVQlNDUklCRVIvMDAwMDAwMDktZGFiNy00N2UwLWE1ODUtOWIzMmI0NzE1NjBk','{"kind":"user","id":"Y2lzY29zcGFyazovL3VzL1NVQlNDUklCRVIvMDAwMDAwMDktZGFiNy00N2UwLWE1ODUtOWIzMmI0NzE1NjBk","personId":"Y2lzY29zcGFyazovL3VzL1BFT1BMRS8wMDAwMDAwNy1mNzU1LTRiNjktYTZlNC1mMjA0YjAyMzAwMDY"}','{"extension":"201","firstName":"Rosa","lastName":"Blanco","location":"headquarters","package":"webex_calling","phoneNumber":"+14085550101","roles[full administrator]":"full administrator"}','{"protect":false,"onRemove":"unmap","adopt":false}',1);
INSERT INTO "record" VALUES('user/corner-cafe/theo@corner-cafe.example','user','corner-cafe','Y2lzY29zcGFyazovL3VzL1NVQlNDUklCRVIvMDAwMDAwMGItYmI0MC00NDI5LWI1NWUtMmU4NTJiYmM4YTA5','{"kind":"user","id":"Y2lzY29zcGFyazovL3VzL1NVQlNDUklCRVIvMDAwMDAwMGItYmI0MC00NDI5LWI1NWUtMmU4NTJiYmM4YTA5","personId":"Y2lzY29zcGFyazovL3VzL1BFT1BMRS8wMDAwMDAwYS00MTY0LTRlMDYtODU3My1jNmQ2NGI2YzU3ODE"}','{"extension":"202","firstName":"Theo","lastName":"Marsh","location":"headquarters","package":"webex_calling"}','{"protect":false,"onRemove":"unmap","adopt":false}',1);
CREATE INDEX record_customer ON record (customer, kind);
