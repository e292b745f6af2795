#include <quis/engine/sql_filter.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <quis/engine/engine.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/expression.hpp>
#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"
#include "engine/photo_world.hpp"
#include "engine/sqlite.hpp"

// Rows selected = rows permitted: the photos of generated worlds stand in a real database, and what the filter selects
// there is compared with what the engine permits, photo by photo.

namespace quis::test {
namespace {

constexpr const char* kSelect = "SELECT p.id FROM photo p LEFT JOIN user u ON u.id = p.owner";

/// Photos, with their owners beside them. One text column ignores case, as columns of hosts may.
class Photos {
 public:
  explicit Photos(const Entities& entities) {
    database_.run(R"(CREATE TABLE photo (id TEXT PRIMARY KEY, flag INTEGER, n INTEGER, m INTEGER, s TEXT,
        word TEXT COLLATE NOCASE, owner TEXT, peer TEXT, span INTEGER, rec_n INTEGER, rec_flag INTEGER, has_longs INTEGER);
      CREATE TABLE user (id TEXT PRIMARY KEY, flag INTEGER, n INTEGER, m INTEGER, s TEXT, peer TEXT);
      CREATE TABLE words (photo TEXT, value TEXT); CREATE TABLE longs (photo TEXT, value INTEGER);
      CREATE TABLE members (photo TEXT, value TEXT);
      CREATE TABLE above_photo (member TEXT, ancestor TEXT); CREATE TABLE above_user (member TEXT, ancestor TEXT);
      CREATE TABLE above_by_uid (member TEXT, ancestor TEXT);)");
    entities.for_each([this](const EntityRecord& record) { add(record); });
  }

  std::set<std::string> select(const SqlCondition& where) { return database_.select(kSelect, where); }

  static SqlMapping mapping() {
    SqlMapping mapping;
    mapping.columns = {{{}, {"p.id"}},
                       {{"flag"}, {"p.flag"}},
                       {{"n"}, {"p.n", SqlEntity::id, false}},
                       {{"m"}, {"p.m"}},
                       {{"s"}, {"p.s"}},
                       {{"word"}, {"p.word"}},
                       {{"owner"}, {"p.owner"}},
                       {{"peer"}, {"p.peer", SqlEntity::uid}},
                       {{"span"}, {"p.span"}},
                       {{"rec"}, {"p.rec_n"}},
                       {{"rec", "n"}, {"p.rec_n"}},
                       {{"rec", "flag"}, {"p.rec_flag"}},
                       {{"owner", "flag"}, {"u.flag"}},
                       {{"owner", "n"}, {"u.n"}},
                       {{"owner", "m"}, {"u.m"}},
                       {{"owner", "s"}, {"u.s"}},
                       {{"owner", "peer"}, {"u.peer", SqlEntity::uid}}};
    mapping.sets = {{{"words"}, {"words", "photo", "value", "p.id", "", SqlEntity::id}},
                    {{"longs"}, {"longs", "photo", "value", "p.id", "p.has_longs", SqlEntity::id}},
                    {{"members"}, {"members", "photo", "value", "p.id", "", SqlEntity::id}}};
    mapping.memberships = {{{}, {"above_photo", "member", "ancestor"}},
                           {{"owner"}, {"above_user", "member", "ancestor"}},
                           {{"peer"}, {"above_by_uid", "member", "ancestor"}},
                           {{"owner", "peer"}, {"above_by_uid", "member", "ancestor"}}};
    return mapping;
  }

 private:
  using Cell = Sqlite::Cell;

  static Cell cell(const RecordData& record, std::string_view name, bool by_uid = false) {
    const Value* value = record.find(intern_symbol(name));
    if (value == nullptr) return {};
    switch (value->kind()) {
      case Value::Kind::boolean: return std::int64_t{value->as_boolean()};
      case Value::Kind::string: return std::string(value->as_string());
      case Value::Kind::entity:
        return by_uid ? to_text(value->as_entity()) : std::string(id_text_of(value->as_entity()));
      default: return value->as_integer();
    }
  }

  void add_elements(const std::string& table, const std::string& id, const RecordData& record) {
    const Value* set = record.find(intern_symbol(table));
    if (set == nullptr) return;
    for (const Value& element : set->as_set().span()) {
      const std::pair<SymbolId, Value> field[] = {{intern_symbol("value"), element}};
      ValueArena arena;
      database_.insert(table, {id, cell(arena.record(field)->as_record(), "value")});
    }
  }

  void add(const EntityRecord& record) {
    const std::string id(id_text_of(record.uid));
    const RecordData& data = record.attributes;
    const std::string_view type = text_of(type_of(record.uid));
    if (type == "Photo") {
      const Value* rec = data.find(intern_symbol("rec"));
      const RecordData none;
      const RecordData& inner = rec != nullptr ? rec->as_record() : none;
      const bool has_longs = data.find(intern_symbol("longs")) != nullptr;
      database_.insert("photo", {id, cell(data, "flag"), cell(data, "n"), cell(data, "m"), cell(data, "s"),
                                 cell(data, "word"), cell(data, "owner"), cell(data, "peer", true), cell(data, "span"),
                                 cell(inner, "n"), cell(inner, "flag"), std::int64_t{has_longs}});
      for (const char* table : {"words", "longs", "members"}) add_elements(table, id, data);
    }
    if (type == "User") {
      database_.insert("user", {id, cell(data, "flag"), cell(data, "n"), cell(data, "m"), cell(data, "s"),
                                cell(data, "peer", true)});
    }
    record.ancestors.for_each([&](EntityId ancestor) {
      if (type == "Photo") database_.insert("above_photo", {id, to_text(ancestor)});
      if (type == "User") database_.insert("above_user", {id, to_text(ancestor)});
      database_.insert("above_by_uid", {to_text(record.uid), to_text(ancestor)});
    });
  }

  Sqlite database_;
};

/// Conditions that filters can say, guarded and not, right and wrong.
class ConditionGenerator {
 public:
  explicit ConditionGenerator(Choices& dice) : dice_(dice) {}

  std::string condition(int depth) {
    if (depth <= 0 || dice_.chance(20)) return atom();
    const auto below = [&] { return condition(depth - 1); };
    switch (dice_.below(6)) {
      case 0:
      case 1: return '(' + below() + " && " + below() + ')';
      case 2:
      case 3: return '(' + below() + " || " + below() + ')';
      case 4: return "!(" + below() + ')';
      default: return "(if " + below() + " then " + below() + " else " + below() + ')';
    }
  }

 private:
  std::string one(std::initializer_list<const char*> texts) { return *(texts.begin() + dice_.below(texts.size())); }
  std::string number() { return one({"0", "1", "2", "-1", "42", "9223372036854775807"}); }
  std::string text() { return one({"\"a\"", "\"abc\"", "\"ABC\"", "\"a*b\"", "\"\"", "\"Zürich\"", "\"日本\""}); }
  std::string pattern() {
    return one({"\"*\"", "\"a*\"", "\"A*\"", "\"*b\"", "\"a\\*b\"", "\"*ü*\"", "\"\"", "\"a*b*c\""});
  }
  std::string order() { return one({" < ", " <= ", " > ", " >= ", " == ", " != "}); }
  std::string equality() { return one({" == ", " != "}); }
  std::string entity(const char* type) { return std::string(type) + "::\"e" + std::to_string(dice_.below(6)) + '"'; }
  std::string user() { return dice_.chance(50) ? "principal" : entity("User"); }
  std::string albums() {
    return dice_.chance(60) ? entity("Album")
                            : '[' + entity("Album") + ", " + entity("Org") + ", " + entity("Photo") + ']';
  }

  std::string atom() {
    switch (dice_.below(26)) {
      case 0: return one({"resource.flag", "(resource has flag && resource.flag)"});
      case 1: return "resource.n" + order() + number();
      case 2: return number() + order() + "resource.m";
      case 3: return "resource.m" + order() + "resource.n";
      case 4: return "resource.word" + equality() + text();
      case 5: return "resource.word like " + pattern();
      case 6: return one({"resource has s", "resource has flag", "resource has peer", "resource has rec"});
      case 7: return "resource.s like " + pattern();
      case 8: return "resource.s" + equality() + (dice_.chance(70) ? text() : number());
      case 9: return "resource.owner" + equality() + user();
      case 10: return "resource in " + albums();
      case 11: return "resource.owner in " + (dice_.chance(70) ? entity("Team") : user());
      case 12: return "resource.words.contains(" + text() + ')';
      case 13: return "resource.words" + one({".containsAll([", ".containsAny(["}) + text() + ", " + text() + "])";
      case 14: return dice_.chance(50) ? "resource.members.contains(" + user() + ')' : user() + " in resource.members";
      case 15: return "resource.peer" + equality() + entity("Album");
      case 16: return "resource.peer" + one({" in ", " is Album in ", " is Team in "}) + albums();
      case 17: return dice_.chance(60) ? "resource.longs.contains(" + number() + ')' : "resource.longs.isEmpty()";
      case 18: return "resource.rec.n" + order() + number();
      case 19: return one({"resource.rec.flag", "resource.rec has flag", "resource has rec.n", "resource.owner has m"});
      case 20:
        return dice_.chance(50) ? "resource.owner.n" + order() + number() : "resource.owner.m" + order() + "resource.m";
      case 21: return one({"resource.owner.flag", "resource.owner has flag", "resource.owner has peer"});
      case 22: return "resource.span" + one({" < ", " >= "}) + one({"duration(\"2h\")", "duration(\"1h\")"});
      case 23: return one({"context.flag", "principal.flag", "principal.n > 1", "context.s == \"a\""});
      case 24: return "(if resource has s then resource.s else \"a\") == " + text();
      default: return dice_.chance(50) ? "resource" + equality() + entity("Photo") : user() + " in resource.owner";
    }
  }

  Choices& dice_;
};

std::string random_policies(Choices& dice) {
  ConditionGenerator conditions(dice);
  std::string text;
  for (std::size_t count = dice.between(1, 4); count > 0; --count) {
    text += dice.chance(70) ? "permit(principal, action, " : "forbid(principal, action, ";
    switch (dice.below(6)) {
      case 0: text += "resource in Album::\"e" + std::to_string(dice.below(5)) + "\")"; break;
      case 1: text += "resource is Photo in Album::\"e" + std::to_string(dice.below(5)) + "\")"; break;
      case 2: text += "resource == Photo::\"e" + std::to_string(dice.below(5)) + "\")"; break;
      default: text += "resource)"; break;
    }
    for (std::size_t i = dice.below(3); i > 0; --i) {
      text += (dice.chance(70) ? " when { " : " unless { ") + conditions.condition(3) + " }";
    }
    text += ";\n";
  }
  return text;
}

std::set<std::string> permitted(const World& world, Request request) {
  const Engine engine(world, Evaluator::reference);
  std::set<std::string> ids;
  world.entities().for_each([&](const EntityRecord& record) {
    if (text_of(type_of(record.uid)) != "Photo") return;
    request.resource = record.uid;
    if (engine.authorize(request).permitted()) ids.emplace(id_text_of(record.uid));
  });
  return ids;
}

constexpr std::string_view kSchema =
    "entity User; entity Doc = {name: String, size?: Long, owner: User}; "
    "action read appliesTo {principal: User, resource: Doc};";

Result<SqlCondition> sql_of(std::string_view condition, SqlMapping mapping) {
  const Schema schema = require(parse_schema(kSchema));
  PartialRequest request;
  request.principal = PartialEntity::known(intern_entity("User", "ann"));
  request.action = intern_entity("Action", "read");
  request.resource = PartialEntity::of_type(intern_type("Doc"));
  const auto filter = make_filter(
      world_of("permit(principal, action, resource) when { " + std::string(condition) + " };"), request, schema);
  if (!filter) return tl::make_unexpected(filter.error());
  return to_sql(*filter, mapping);
}

SqlMapping documents(SqlDialect dialect = SqlDialect::sqlite) {
  SqlMapping mapping;
  mapping.dialect = dialect;
  mapping.columns = {{{"name"}, {"name"}}, {{"size"}, {"size"}}, {{"owner"}, {"owner"}}};
  return mapping;
}

}  // namespace

TEST_CASE("the rows that a filter selects in a real database are those that the policies permit") {
  const Schema schema = require(parse_schema(photo_schema()));
  std::size_t selected = 0;
  std::size_t left_out = 0;
  std::size_t filters = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    Choices dice(seed);
    const PhotoWorld generated = generate_photos(dice);
    const Entities entities = require(Entities::from_json(generated.entities, &schema));
    const std::string policies = random_policies(dice);
    CAPTURE(policies);
    const World world = World::build(require(PolicySet::from_text(policies)), entities);
    Photos photos(entities);
    for (const PhotoRequest& each : generated.requests) {
      const auto owned =
          require(OwnedRequest::from_text(each.principal, each.action, R"(Photo::"e1")", each.context, &schema));
      PartialRequest request;
      request.principal = PartialEntity::known(owned.view().principal);
      request.action = owned.view().action;
      request.resource = PartialEntity::of_type(intern_type("Photo"));
      request.names = owned.view().names;
      request.context = owned.view().context;
      const Filter filter = require(make_filter(world, request, schema));
      CAPTURE(to_text(filter.root));
      const SqlCondition where = require(to_sql(filter, Photos::mapping()));
      CAPTURE(where.text);
      const auto again =
          require(OwnedRequest::from_text(each.principal, each.action, R"(Photo::"e1")", each.context, &schema));
      const auto expected = permitted(world, again.view());
      CHECK(photos.select(where) == expected);
      selected += expected.size();
      left_out += expected.empty() ? 1U : 0U;
      ++filters;
    }
  }
  MESSAGE(filters, " filters, ", selected, " rows, ", left_out, " filters without rows");
  CHECK(filters > 500);
  CHECK(selected > 500);
  CHECK(left_out > 100);
}

TEST_CASE("no text of a policy or a request becomes part of the SQL") {
  const SqlCondition where =
      require(sql_of(R"(resource.name == "x' OR 1=1 --" || resource.name like "y'*")", documents()));
  CHECK(where.text.find('\'') == std::string::npos);
  CHECK(where.parameters == std::vector<SqlParameter>{"x' OR 1=1 --", "y'*"});
}

TEST_CASE("patterns keep to case, and what the database has a meaning for means itself") {
  Sqlite database;
  database.run("CREATE TABLE doc (name TEXT)");
  for (const char* name : {"a*b", "aXb", "a?b", "a[b", "a]b", "A*B", "a%b", "a_b"})
    database.insert("doc", {std::string(name)});
  const auto rows = [&](std::string_view pattern) {
    return database.select("SELECT name FROM doc",
                           require(sql_of("resource.name like \"" + std::string(pattern) + '"', documents())));
  };
  CHECK(rows("a\\*b") == std::set<std::string>{"a*b"});
  CHECK(rows("a?b") == std::set<std::string>{"a?b"});
  CHECK(rows("a[b") == std::set<std::string>{"a[b"});
  CHECK(rows("a[*") == std::set<std::string>{"a[b"});
  CHECK(rows("a*b") == std::set<std::string>{"a*b", "aXb", "a?b", "a[b", "a]b", "a%b", "a_b"});
}

TEST_CASE("a pattern with a character that the database takes for another is refused") {
  for (const char* character : {"\\u{fffd}", "\\u{fffe}", "\\u{ffff}"}) {
    CAPTURE(character);
    const auto filter = sql_of("resource.name like \"" + std::string(character) + "*\"", documents());
    REQUIRE_FALSE(filter.has_value());
    CHECK(filter.error().front().code == ErrorCode::not_translatable);
  }
}

TEST_CASE("a chain of conditions is as deep as one of them; what the database would not read is refused") {
  Sqlite database;
  database.run("CREATE TABLE doc (name TEXT, size INTEGER); INSERT INTO doc VALUES ('one', 1), ('two', 2)");
  std::string chain = "resource.size != 2";
  for (int i = 3; i < 300; ++i) chain += " && resource.size != " + std::to_string(i);
  CHECK(database.select("SELECT name FROM doc", require(sql_of(chain, documents()))) == std::set<std::string>{"one"});
  CHECK(database.select("SELECT name FROM doc", require(sql_of("!(" + chain + ")", documents()))) ==
        std::set<std::string>{"two"});
  for (int i = 300; i < 800; ++i) chain += " && resource.size != " + std::to_string(i);
  CHECK(database.select("SELECT name FROM doc", require(sql_of(chain, documents()))) == std::set<std::string>{"one"});
  const auto negated = sql_of("!(" + chain + ")", documents());
  REQUIRE_FALSE(negated.has_value());
  CHECK(negated.error().front().code == ErrorCode::not_translatable);
}

TEST_CASE("a negated chain over optional attributes selects the rows that are permitted, wherever it errs") {
  constexpr int kColumns = 20;
  constexpr int kRows = 300;
  std::string schema_text = "entity User; entity Doc = {name: String";
  std::string columns = "name TEXT";
  SqlMapping mapping;
  mapping.columns = {{{}, {"name"}}, {{"name"}, {"name", SqlEntity::id, false}}};
  std::string chain;
  for (int i = 0; i < kColumns; ++i) {
    const std::string name = "a" + std::to_string(i);
    schema_text += ", " + name + "?: Long";
    columns += ", " + name + " INTEGER";
    mapping.columns[{name}] = {name};
    // Some test first, so that the chain may be false before it errs.
    chain += (i == 0 ? "" : " && ") + std::string(i % 3 == 0 ? "resource has " + name + " && " : "") + "resource." +
             name + " != " + std::to_string(i);
  }
  schema_text += "}; action view appliesTo {principal: User, resource: Doc};";
  const Schema schema = require(parse_schema(schema_text));
  Sqlite database;
  database.run("CREATE TABLE doc (" + columns + ")");
  std::string entities = "[";
  std::uint32_t random = 7;
  for (int row = 0; row < kRows; ++row) {
    const std::string id = "d" + std::to_string(row);
    std::vector<Sqlite::Cell> cells = {id};
    entities += (row == 0 ? "" : ",") +
                (R"({"uid": {"type": "Doc", "id": ")" + id + R"("}, "parents": [], "attrs": {"name": ")" + id + '"');
    for (int i = 0; i < kColumns; ++i) {
      random = random * 1'103'515'245U + 12'345U;
      const std::uint32_t drawn = (random >> 16U) % 40;
      if (drawn == 0) {
        cells.emplace_back();
        continue;
      }
      const int value = drawn == 1 ? i : 100;  // the first makes its comparison false
      cells.emplace_back(std::int64_t{value});
      entities += ", \"a" + std::to_string(i) + "\": " + std::to_string(value);
    }
    entities += "}}";
    database.insert("doc", cells);
  }
  entities += ']';
  PartialRequest request;
  request.principal = PartialEntity::known(intern_entity("User", "u"));
  request.action = intern_entity("Action", "view");
  request.resource = PartialEntity::of_type(intern_type("Doc"));
  for (const std::string& condition : {"!(" + chain + ")", chain, "!(" + chain + ") || resource has a1"}) {
    const World world = world_of("permit(principal, action, resource) when { " + condition + " };", entities);
    const Engine engine(world);
    std::set<std::string> permitted;
    for (int row = 0; row < kRows; ++row) {
      const std::string id = "d" + std::to_string(row);
      if (require(engine.authorize(R"(User::"u")", R"(Action::"view")", "Doc::\"" + id + '"')).permitted())
        permitted.insert(id);
    }
    CHECK(permitted.size() > 10);
    CHECK(permitted.size() < kRows - 10);
    const auto filter = require(make_filter(world, request, schema));
    CHECK(database.select("SELECT name FROM doc", require(to_sql(filter, mapping))) == permitted);
  }
}

TEST_CASE("text is compared byte by byte, also where the column ignores case") {
  Sqlite database;
  database.run("CREATE TABLE doc (name TEXT COLLATE NOCASE); INSERT INTO doc VALUES ('a'), ('A')");
  const auto rows = [&](std::string_view condition) {
    return database.select("SELECT name FROM doc", require(sql_of(condition, documents())));
  };
  CHECK(rows("resource.name == \"a\"") == std::set<std::string>{"a"});
  CHECK(rows("resource.name != \"a\"") == std::set<std::string>{"A"});
  CHECK(rows("[\"a\", \"b\"].contains(resource.name)") == std::set<std::string>{"a"});
}

TEST_CASE("a column that is NULL denies where a permit reads it, and skips the forbid that reads it") {
  Sqlite database;
  database.run(
      "CREATE TABLE doc (name TEXT, size INTEGER); INSERT INTO doc VALUES ('none', NULL), ('small', 1), ('big', 9)");
  const auto rows = [&](std::string_view condition) {
    return database.select("SELECT name FROM doc", require(sql_of(condition, documents())));
  };
  CHECK(rows("resource.size < 5") == std::set<std::string>{"small"});
  CHECK(rows("!(resource.size < 5)") == std::set<std::string>{"big"});
  CHECK(rows("resource.size != 1") == std::set<std::string>{"big"});
  CHECK(rows("!(resource has size) || resource.size > 5") == std::set<std::string>{"none", "big"});
  CHECK(rows("resource.size > 5 || true") == std::set<std::string>{"small", "big"});
}

TEST_CASE("what has no form in SQL is refused with the policy, the expression and the reason") {
  const auto arithmetic = sql_of("resource.size + 1 > 2", documents());
  REQUIRE_FALSE(arithmetic.has_value());
  const Diagnostic& problem = arithmetic.error().front();
  CHECK(problem.code == ErrorCode::not_translatable);
  CHECK(problem.policy == "policy0");
  CHECK(problem.message ==
        "`resource.size + 1` cannot be part of a filter: its overflow is an error, which databases do not keep to");
  SqlMapping less = documents();
  less.columns.erase({"size"});
  const auto unmapped = sql_of("resource.size > 2 && resource.size < 9", less);
  REQUIRE_FALSE(unmapped.has_value());
  CHECK(unmapped.error().size() == 1);
  CHECK(unmapped.error().front().message == "`size` has no column in the mapping");
}

TEST_CASE("a filter that nests conditions which can err beyond its limit is refused, not cut") {
  std::string condition = "resource.size > 0";
  for (int i = 0; i < 40; ++i) condition = "!(" + condition + " && resource.size != " + std::to_string(i) + ")";
  const auto filter = sql_of(condition, documents());
  REQUIRE_FALSE(filter.has_value());
  CHECK(filter.error().front().code == ErrorCode::limit_exceeded);
}

TEST_CASE("PostgreSQL gets numbered placeholders, booleans, byte-wise collation and escaped patterns") {
  const SqlCondition where =
      require(sql_of(R"(resource.name == "a" && resource.name like "50%_*")", documents(SqlDialect::postgresql)));
  CHECK(where.text ==
        "(((name) IS NOT NULL AND (name) COLLATE \"C\" = $1) AND ((name) IS NOT NULL AND (name) COLLATE \"C\" LIKE $2 "
        "ESCAPE '\\'))");
  CHECK(where.parameters == std::vector<SqlParameter>{"a", "50\\%\\_%"});
}

TEST_CASE("a filter needs exactly one unknown, of a declared type, and a whole context") {
  const Schema schema = require(parse_schema(kSchema));
  const World world = world_of("permit(principal, action, resource);");
  PartialRequest request;
  request.action = intern_entity("Action", "read");
  request.principal = PartialEntity::known(intern_entity("User", "ann"));
  CHECK_FALSE(make_filter(world, request, schema).has_value());
  request.resource = PartialEntity::of_type(intern_type("Doc"));
  CHECK(make_filter(world, request, schema)->root.value);
  request.context_open = true;
  CHECK_FALSE(make_filter(world, request, schema).has_value());
}

}  // namespace quis::test
