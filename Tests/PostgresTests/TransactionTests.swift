import Postgres
import Testing

extension OneCluster {
    @Suite struct TransactionTests {
        struct Stop: Error {}

        func table(_ name: String) async throws -> Database {
            let database = try Database.local()
            try await database.script("CREATE TABLE \(name) (id int)")
            return database
        }

        @Test func `A throw rolls back`() async throws {
            let database = try await table("rolled")
            await #expect(throws: Stop.self) {
                try await database.transaction {
                    try await database.execute("INSERT INTO rolled VALUES (1)")
                    throw Stop()
                }
            }
            #expect(try await database.query("SELECT FROM rolled").count == 0)
        }

        @Test func `Others wait until a transaction ends`() async throws {
            let database = try await table("waited")
            let (begun, begin) = AsyncStream<Void>.makeStream()
            async let slow: Void = database.transaction {
                try await database.execute("INSERT INTO waited VALUES (1)")
                begin.finish()
                try await Task.sleep(for: .milliseconds(100))
                try await database.transaction { try await database.execute("INSERT INTO waited VALUES (2)") }
            }
            for await _ in begun {}
            #expect(try await database.query("SELECT FROM waited").count == 2)
            try await slow
        }

        @Test func `Waiting for a transaction ends at the deadline`() async throws {
            let database = try await table("patience")
            try await database.transaction {
                let outsider = Task.detached { try await database.query("SELECT 1", deadline: .now + .milliseconds(50)) }
                let error = await #expect(throws: PostgresError.self) { try await outsider.value }
                #expect(error?.kind == .deadlineExceeded)
            }
        }

        @Test func `A failed statement that was swallowed fails the commit`() async throws {
            let database = try await table("swallowed")
            await #expect(throws: PostgresError.self) {
                try await database.transaction {
                    try await database.execute("INSERT INTO swallowed VALUES (1)")
                    _ = try? await database.query("SELECT 1/0")
                }
            }
            #expect(try await database.query("SELECT FROM swallowed").count == 0)
        }

        @Test func `A lost race is run again`() async throws {
            let database = try await table("raced")
            let other = try Database.local()
            try await database.execute("INSERT INTO raced VALUES (0)")
            @Sendable func raise(_ database: Database) async throws {
                try await database.transaction(.serializable, attempts: 20) {
                    let id: Int = try await database.query("SELECT id FROM raced")[0][0]
                    try await Task.sleep(for: .milliseconds(5))
                    try await database.execute("UPDATE raced SET id = $1", [id + 1])
                }
            }
            try await withThrowingTaskGroup { group in
                for index in 0..<10 { group.addTask { try await raise(index % 2 == 0 ? database : other) } }
                try await group.waitForAll()
            }
            #expect(try await database.query("SELECT id FROM raced")[0][0] == 10)
        }

        @Test func `A task that outlives its transaction is rejected`() async throws {
            let database = try await table("outlived")
            let (ended, end) = AsyncStream<Void>.makeStream()
            let straggler = try await database.transaction {
                Task {
                    for await _ in ended {}
                    try await database.execute("INSERT INTO outlived VALUES (1)")
                }
            }
            end.finish()
            let error = await #expect(throws: PostgresError.self) { try await straggler.value }
            #expect(error?.kind == .transactionEnded)
        }
    }
}
