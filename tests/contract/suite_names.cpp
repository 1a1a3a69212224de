#include "contract/fixture.hpp"

// Column names as campaigns have them. The suite looks at places, not names: a destination may
// store another name.
namespace ringtail::contract {

inline std::vector<std::string> odd_names() {
    const std::string long_name(100, 'n');
    return {"with blank",
            " leading and trailing ",
            "größe",
            "名前",
            "😀",
            "quote\"inside",
            "it's",
            "`tick`",
            "[bracket]",
            "back\\slash",
            "$dollar",
            "$$anrufen_task",
            "%s %1$s ?1 :name @x {}",
            "select",
            "table",
            "order",
            "user",
            "rowid",
            "ctid",
            "xmin",
            "Name",
            "NAME",
            "nAmE",
            "STRASSE",
            "straße",
            "Größe",
            "1starts with digit",
            "a.b",
            "semi;colon--",
            "x\" TEXT); DROP TABLE df_contacts; --",
            "line\nbreak",
            long_name,
            long_name + " differs behind the limit",
            std::string(60, 'm') + "ä" + std::string(40, 'm')};
}

TEST_P(DestinationSuite, OddColumnNamesHoldTheirOwnValues) {
    Table contacts = contacts_table();  // has a column "name" already
    for (const auto& name : odd_names()) contacts.columns.push_back({name});
    start({contacts});
    const auto fill = [&](const std::string& prefix) {
        std::vector<Batch> batches;
        batches.emplace_back(contacts);
        batches[0].add_null_row();
        for (std::size_t cell = 0; cell < batches[0].width(); ++cell) {
            const Column& column = contacts.columns[batches[0].cell_columns()[cell]];
            const std::string own = column.name == "$id" ? "c1" : prefix + column.name;
            if (column.type == Type::text) batches[0].set(cell, text(own));
        }
        batches[0].end_row();
        return load(batches);
    };
    const auto check = [&](const std::string& prefix) {
        for (const auto& name : odd_names())
            EXPECT_EQ(value(contacts, "c1", name), prefix + name) << name;
        EXPECT_EQ(value(contacts, "c1", "name"), prefix + "name");
    };
    EXPECT_EQ(fill("1 ")[0].inserted, 1U);
    check("1 ");
    EXPECT_EQ(fill("1 ")[0].unchanged, 1U);
    EXPECT_EQ(fill("2 ")[0].updated, 1U);
    check("2 ");

    // The names are found again, by this handle and by others.
    const auto columns = subject_->dump("df_contacts").columns;
    destination_->prepare(std::vector{contacts});
    destination_ = open();
    destination_->prepare(std::vector{contacts});
    EXPECT_EQ(subject_->dump("df_contacts").columns, columns);
    EXPECT_EQ(fill("2 ")[0].unchanged, 1U);
}

// The same field must find its column whatever other fields there are, and in whatever order.
TEST_P(DestinationSuite, NamesThatDifferInCaseKeepTheirColumnsWhenTheOrderChanges) {
    Table contacts = contacts_table();
    contacts.columns.push_back({"phone"});
    start({contacts});
    load(one(contacts, {{"$id", text("c1")}, {"phone", text("small")}}));
    Table both = contacts;
    both.columns.push_back({"Phone"});
    std::swap(both.columns.end()[-1], both.columns.end()[-2]);  // Phone before phone
    destination_->prepare(std::vector{both});
    load(one(both, {{"$id", text("c2")}, {"phone", text("small")}, {"Phone", text("capital")}}));
    Table in_order = contacts;  // as the table has them: the new one stands last
    in_order.columns.push_back({"Phone"});
    EXPECT_EQ(value(in_order, "c1", "phone"), "small");
    EXPECT_EQ(value(in_order, "c1", "Phone"), std::nullopt);
    EXPECT_EQ(value(in_order, "c2", "phone"), "small");
    EXPECT_EQ(value(in_order, "c2", "Phone"), "capital");
}

TEST_P(DestinationSuite, OddTableNames) {
    for (const char* name : {"my \"own\" contacts", "Df_Größe", "order"}) {
        SCOPED_TRACE(name);
        Table contacts = contacts_table();
        contacts.name = name;
        start({contacts});
        EXPECT_EQ(load(one(contacts, {{"$id", text("c1")}, {"$md5", text("m")}}))[0].inserted, 1U);
        EXPECT_EQ(keys(contacts), std::vector<std::string>{"c1"});
        EXPECT_EQ(destination_->fingerprints(contacts, std::vector<std::string>{"c1"})[0], "m");
    }
}

}  // namespace ringtail::contract
