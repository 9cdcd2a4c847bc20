import Postgres
import TestSupport
import Testing

extension Database {
    /// A database of the shared cluster, reached in clear over loopback.
    static func local(_ name: String = "postgres") throws -> Database {
        var settings = try DatabaseSettings(PostgresCluster.shared.url(name), password: PostgresCluster.shared.password)
        settings.timeout = .seconds(5)
        return Database(settings)
    }
}

extension OneCluster {
    @Suite struct QueryTests {
        let database: Database
        init() throws { database = try .local() }

        @Test func `Every type comes back as it went`() async throws {
            let rows = try await database.query(
                "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14",
                [
                    true, Int16(-2), Int32(-70_000), Int64.min, Float(1.5), -0.0, "naïve 'text'", PostgresBytes([0, 255]),
                    PostgresDate(days: -1),
                    PostgresInstant(microseconds: 1_325_624_400_000_001), [Float(1), .nan], [1.25, nil, .infinity] as [Double?],
                    ["a", "", "\"b\\"],
                    nil as Int?,
                ])
            let row = rows[0]
            #expect(try row[0] == true)
            #expect(try row[1] == Int16(-2))
            #expect(try row[2] == Int32(-70_000))
            #expect(try row[3] == Int64.min)
            #expect(try row[4] == Float(1.5))
            #expect((try row[5] as Double).sign == .minus)
            #expect(try row[6] == "naïve 'text'")
            #expect(try row[7] == PostgresBytes([0, 255]))
            #expect(try row[8] == PostgresDate(days: -1))
            #expect(try row[9] == PostgresInstant(microseconds: 1_325_624_400_000_001))
            #expect((try row[10] as [Float])[1].isNaN)
            #expect(try row[11] == [1.25, nil, .infinity] as [Double?])
            #expect(try row[12] == ["a", "", "\"b\\"])
            #expect(try row[13] == nil as Int?)
        }

        @Test func `Numerics read as doubles`() async throws {
            let rows = try await database.query("SELECT 0.00012345, -98765432.1, 0::numeric, 'NaN'::numeric, 1e20::numeric, 10000.5")
            let row = rows[0]
            #expect(try row[0] == 0.00012345)
            #expect(try row[1] == -98765432.1)
            #expect(try row[2] == 0.0)
            #expect((try row[3] as Double).isNaN)
            #expect(try row[4] == 1e20)
            #expect(try row[5] == 10000.5)
        }

        @Test func `A wrong type is an error that names the column`() async throws {
            let rows = try await database.query("SELECT 1, 'x'::text, NULL::text, '{1,2}'::int[]")
            #expect(throws: PostgresError.self) { try rows[0][0] as String }
            #expect(throws: PostgresError.self) { try rows[0][1] as Int }
            #expect(throws: PostgresError.self) { try rows[0][2] as String }
            #expect(throws: PostgresError.self) { try rows[0][3] as [Double] }
            #expect(try rows[0][3] == [Int32(1), 2])
        }

        @Test func `A refused statement leaves the connection usable`() async throws {
            let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT nothing_there") }
            #expect(error?.kind == .server)
            #expect(error?.sqlState == "42703")
            #expect(try await database.query("SELECT 1").count == 1)
        }

        @Test func `The constraint is named and the values are not`() async throws {
            try await database.script("CREATE TABLE once_only (secret text CONSTRAINT only_once PRIMARY KEY)")
            try await database.execute("INSERT INTO once_only VALUES ($1)", ["hush"])
            let error = await #expect(throws: PostgresError.self) {
                try await database.execute("INSERT INTO once_only VALUES ($1)", ["hush"])
            }
            #expect(error?.constraint == "only_once")
            #expect(error.map { .uniqueViolation ~= $0.sqlState } == true)
            #expect(error.map { !"\($0)".contains("hush") } == true)
            #expect(try await database.execute("INSERT INTO once_only VALUES ($1) ON CONFLICT DO NOTHING", ["hush"]) == 0)
        }

        @Test func `Copied rows come back the same`() async throws {
            try await database.script("CREATE TABLE copied (id int, name text, level float8, row real[])")
            var rows = CopyRows()
            rows.reserve(5000, of: 60)
            for id in 0..<5000 { rows.append(Int32(id), id % 7 == 0 ? nil : "n\(id)", Double(id) / 3, [Float(id), .nan]) }
            #expect(try await database.copyIn("copied", ["id", "name", "level", "row"], rows) == 5000)
            let back = try await database.copyOut(
                "SELECT id, name, level, row FROM copied WHERE id >= $1 AND name IS DISTINCT FROM $2 ORDER BY id", [10, "it's \\ $1"],
                into: [(Int, String?, Double, [Float])]()
            ) { rows, row throws(PostgresError) in
                rows.append((Int(try row[0] as Int32), try row[1], try row[2], try row[3]))
            }
            #expect(back.count == 4990)
            #expect(back[0].0 == 10 && back[0].1 == "n10" && back[0].2 == 10.0 / 3)
            #expect(back[4].1 == nil)
            #expect(back[3].3[0] == 13 && back[3].3[1].isNaN)
        }

        @Test func `Fields that all rows share are written once and copied into each`() async throws {
            try await database.script("CREATE TABLE shared_start (who text, since timestamptz, note text, id int, row float8[])")
            var rows = CopyRows(first: "A", String?.none)
            for id in 0..<3 { rows.append(Int32(id), [Double(id), .infinity]) }
            #expect(try await database.copyIn("shared_start", ["who", "note", "id", "row"], rows) == 3)
            #expect(try await database.copyIn("shared_start", ["who", "note", "id", "row"], CopyRows(first: "B", "x")) == 0)
            let back = try await database.query("SELECT who, note, id, row FROM shared_start ORDER BY id")
            #expect(back.count == 3 && back[2].cell(1).isNull)
            #expect(try back[2][0] as String == "A")
            #expect(try back[2][3] as [Double] == [2, .infinity])
        }

        @Test func `A copy that fails leaves nothing and the next call works`() async throws {
            try await database.script("CREATE TABLE narrow (id int PRIMARY KEY)")
            var rows = CopyRows()
            for _ in 0..<2 { rows.append(Int32(1)) }
            await #expect(throws: PostgresError.self) { try await database.copyIn("narrow", ["id"], rows) }
            #expect(try await database.query("SELECT FROM narrow").count == 0)
            await #expect(throws: PostgresError.self) {
                try await database.copyOut("SELECT 1/(id - 1) FROM (VALUES (0), (1)) t(id)", into: 0) { n, _ in n += 1 }
            }
            await #expect(throws: PostgresError.self) { try await database.copyIn("narrow", ["idd"], rows) }
            #expect(try await database.query("SELECT 1").count == 1)
        }
    }
}
