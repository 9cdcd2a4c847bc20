import Testing

@testable import Postgres

@Test func `An unknown state survives and matches its class`() {
    let state = SQLState("40XYZ")
    #expect(state.code == "40XYZ")
    #expect(.transactionRollback ~= state)
    #expect(!(.serializationFailure ~= state))
    #expect(!(.transactionRollback ~= nil))
}

@Test func `Settings never show the password`() throws {
    let settings = try DatabaseSettings("postgres://me:hunter2@db.example:6000/x")
    #expect(!"\(settings)".contains("hunter2"))
    #expect(settings.redacted("bad hunter2!") == "bad ***!")
    #expect(throws: PostgresError.self) { try DatabaseSettings("postgres://me:hunter2@[db/x") }
    do { _ = try DatabaseSettings("postgres://me:hunter2@[db/x") } catch { #expect(!"\(error)".contains("hunter2")) }
}

@Test func `A foreign host needs verify-full unless another mode is named`() throws {
    #expect(try DatabaseSettings("postgres://db.example/x").keywords.contains { $0 == ("sslmode", "verify-full") })
    #expect(try !DatabaseSettings("postgres://127.0.0.1/x").keywords.contains { $0.0 == "sslmode" })
    #expect(try !DatabaseSettings("postgres://db.example/x?sslmode=require").keywords.contains { $0.0 == "sslmode" })
}
