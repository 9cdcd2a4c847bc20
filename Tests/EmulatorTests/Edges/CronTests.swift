import Foundation
import Testing

@testable import Emulator

struct CronCase: Sendable, CustomTestStringConvertible {
    let expression: String
    var zone = "UTC"
    let after: String
    /// Empty: never again.
    let next: [String]
    var testDescription: String { "\(expression) in \(zone) after \(after)" }
}

private func moment(_ text: String) throws -> VirtualTime {
    let date = try #require(ISO8601DateFormatter().date(from: text))
    return VirtualTime(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
}

@Suite struct CronTests {
    static let cases = [
        CronCase(
            expression: "cron(30 18 ? * MON-FRI *)", zone: "America/New_York", after: "2012-01-06T23:30:00Z",
            next: ["2012-01-09T23:30:00Z", "2012-01-10T23:30:00Z"]),
        CronCase(
            expression: "cron(30 18 ? * 2-6 *)", zone: "America/New_York", after: "2012-03-09T23:00:00Z",
            next: ["2012-03-09T23:30:00Z", "2012-03-12T22:30:00Z"]),
        CronCase(
            expression: "cron(0 5 1 * ? *)", zone: "America/New_York", after: "2012-02-15T00:00:00Z",
            next: ["2012-03-01T10:00:00Z", "2012-04-01T09:00:00Z"]),
        // 02:30 does not exist on 2012-03-11: skipped.
        CronCase(
            expression: "cron(30 2 * * ? *)", zone: "America/New_York", after: "2012-03-10T08:00:00Z",
            next: ["2012-03-12T06:30:00Z"]),
        // 01:30 comes twice on 2012-11-04: the first time only.
        CronCase(
            expression: "cron(30 1 * * ? *)", zone: "America/New_York", after: "2012-11-03T06:00:00Z",
            next: ["2012-11-04T05:30:00Z", "2012-11-05T06:30:00Z"]),
        CronCase(
            expression: "cron(30 1 * * ? *)", zone: "Europe/London", after: "2012-10-27T12:00:00Z",
            next: ["2012-10-28T00:30:00Z", "2012-10-29T01:30:00Z"]),
        CronCase(
            expression: "cron(0 0 * * ? *)", zone: "Asia/Kolkata", after: "2012-01-01T00:00:00Z",
            next: ["2012-01-01T18:30:00Z"]),
        CronCase(expression: "cron(0 12 L * ? *)", after: "2012-01-31T12:00:00Z", next: ["2012-02-29T12:00:00Z", "2012-03-31T12:00:00Z"]),
        CronCase(expression: "cron(0 12 L-2 * ? *)", after: "2012-01-31T12:00:00Z", next: ["2012-02-27T12:00:00Z"]),
        CronCase(expression: "cron(0 12 LW * ? *)", after: "2012-03-01T00:00:00Z", next: ["2012-03-30T12:00:00Z", "2012-04-30T12:00:00Z"]),
        // The 15th of January 2012 was a Sunday, the 1st too, the 31st of December 2011 a Saturday.
        CronCase(expression: "cron(0 8 15W * ? *)", after: "2012-01-01T00:00:00Z", next: ["2012-01-16T08:00:00Z", "2012-02-15T08:00:00Z"]),
        CronCase(expression: "cron(0 8 1W * ? *)", after: "2012-01-01T00:00:00Z", next: ["2012-01-02T08:00:00Z"]),
        CronCase(expression: "cron(0 8 1W SEP ? *)", after: "2012-01-01T00:00:00Z", next: ["2012-09-03T08:00:00Z"]),
        CronCase(
            expression: "cron(0 8 31W * ? *)", after: "2011-12-01T00:00:00Z",
            next: ["2011-12-30T08:00:00Z", "2012-01-31T08:00:00Z", "2012-03-30T08:00:00Z"]),
        CronCase(
            expression: "cron(0 10 ? * 3#2 *)", after: "2012-01-01T00:00:00Z", next: ["2012-01-10T10:00:00Z", "2012-02-14T10:00:00Z"]),
        CronCase(expression: "cron(0 10 ? * TUE#5 *)", after: "2012-02-01T00:00:00Z", next: ["2012-05-29T10:00:00Z"]),
        CronCase(expression: "cron(0 10 ? * 6L *)", after: "2012-01-01T00:00:00Z", next: ["2012-01-27T10:00:00Z", "2012-02-24T10:00:00Z"]),
        CronCase(expression: "cron(0 10 ? * L *)", after: "2012-01-01T00:00:00Z", next: ["2012-01-07T10:00:00Z"]),
        CronCase(
            expression: "cron(0/15 9-10 ? * MON,WED *)", after: "2012-01-02T10:20:00Z",
            next: ["2012-01-02T10:30:00Z", "2012-01-02T10:45:00Z", "2012-01-04T09:00:00Z"]),
        CronCase(
            expression: "cron(5-20/10 0 1 1 ? *)", after: "2012-01-01T00:00:00Z",
            next: ["2012-01-01T00:05:00Z", "2012-01-01T00:15:00Z", "2013-01-01T00:05:00Z"]),
        CronCase(expression: "cron(0 0 29 FEB ? *)", after: "2012-03-01T00:00:00Z", next: ["2016-02-29T00:00:00Z"]),
        CronCase(expression: "cron(0 0 ? * FRI-MON *)", after: "2012-01-03T00:00:00Z", next: ["2012-01-06T00:00:00Z"]),
        CronCase(
            expression: "cron(0 0 1 JAN ? 2013-2014)", after: "2012-06-01T00:00:00Z",
            next: ["2013-01-01T00:00:00Z", "2014-01-01T00:00:00Z", ""]),
        CronCase(expression: "cron(0 0 31 2 ? *)", after: "2012-01-01T00:00:00Z", next: [""]),
        CronCase(expression: "rate(1 minute)", after: "2012-01-01T00:00:30Z", next: ["2012-01-01T00:01:00Z", "2012-01-01T00:02:00Z"]),
        CronCase(expression: "rate(12 hours)", after: "2012-01-01T00:00:00Z", next: ["2012-01-01T12:00:00Z"]),
        CronCase(expression: "rate(7 days)", after: "2012-01-01T00:00:00Z", next: ["2012-01-05T00:00:00Z"]),
        CronCase(
            expression: "at(2012-07-04T09:30:00)", zone: "America/New_York", after: "2012-01-01T00:00:00Z",
            next: ["2012-07-04T13:30:00Z", ""]),
        CronCase(expression: "at(2012-03-11T02:30:00)", zone: "America/New_York", after: "2012-01-01T00:00:00Z", next: [""]),
    ]

    @Test(arguments: cases)
    func `Fires at the right times`(_ vector: CronCase) throws {
        let expression = try ScheduleExpression(vector.expression, timeZone: vector.zone)
        var time = try moment(vector.after)
        for expected in vector.next {
            let next = expression.next(after: time)
            #expect(next.map(\.text) == (expected.isEmpty ? nil : expected))
            guard let next else { return }
            time = next
        }
    }

    @Test(arguments: [
        "cron(0 0 * * * *)", "cron(0 0 ? * ? *)", "cron(0 0 1 * ?)", "cron(60 0 1 * ? *)", "cron(0 24 1 * ? *)", "cron(0 0 32 * ? *)",
        "cron(0 0 ? * 8 *)", "cron(0 0 ? * MON#6 *)", "cron(x 0 1 * ? *)", "cron(0/0 0 1 * ? *)", "rate(1 minutes)", "rate(5 minute)",
        "rate(0 days)", "rate(5 weeks)", "at(2012-02-30T00:00:00)", "at(999999999-1-1T1:1:1)", "at(tomorrow)", "every(5 minutes)",
        "30 18 * * *", "",
    ])
    func `Says what is wrong with a bad expression`(_ text: String) {
        #expect(throws: ScheduleError.self) { try ScheduleExpression(text) }
    }

    @Test func `A rate counts from its anchor`() throws {
        let anchor = try moment("2012-01-01T00:00:20Z")
        let next = try ScheduleExpression("rate(5 minutes)").next(after: anchor, anchor: anchor)
        #expect(next.map(\.text) == "2012-01-01T00:05:20Z")
    }

    @Test func `An unknown time zone is an error`() {
        #expect(throws: ScheduleError("no time zone is named Mars/Olympus")) {
            try ScheduleExpression("rate(1 day)", timeZone: "Mars/Olympus")
        }
    }

    @Test func `Every minute fires once per local minute through both changes`() throws {
        let expression = try ScheduleExpression("cron(* * * * ? *)", timeZone: "America/New_York")
        for (from, to, count) in [
            ("2012-03-11T05:00:00Z", "2012-03-12T04:00:00Z", 1380), ("2012-11-04T04:00:00Z", "2012-11-05T05:00:00Z", 1440),
        ] {
            var time = VirtualTime(milliseconds: try moment(from).milliseconds - 1)
            let end = try moment(to)
            var fired = 0
            while let next = expression.next(after: time), next < end { (time, fired) = (next, fired + 1) }
            #expect(fired == count)
        }
    }
}
