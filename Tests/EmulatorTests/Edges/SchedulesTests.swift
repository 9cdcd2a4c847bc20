import Formats
import Foundation
import LambdaEvents
import Testing

@testable import Emulator

@Suite struct SchedulesTests {
    private let newYear = VirtualTime(milliseconds: 1_325_376_000_000)  // 2012-01-01T00:00:00Z

    @Test func `A schedule sends its input with the scheduled time`() async throws {
        let schedules = try ScheduleEventSource([
            ScheduleDefinition(
                name: "Nightly", expression: "cron(30 18 ? * MON-FRI *)", timeZone: "America/New_York",
                input: #"{"exchange":"XNAS","time":"<aws.scheduler.scheduled-time>"}"#, function: "Ingest")
        ])
        let time = try #require(await schedules.next(after: newYear))
        let event = try #require(await schedules.events(at: time).first)
        #expect(event.id == "schedule/Nightly/2012-01-02T23:30:00Z")
        #expect(event.function == "Ingest")
        #expect(String(decoding: event.payload, as: UTF8.self) == #"{"exchange":"XNAS","time":"2012-01-02T23:30:00Z"}"#)
    }

    @Test func `All enabled schedules of a moment fire and disabled ones never`() async throws {
        let one = ScheduleDefinition(name: "One", expression: "rate(1 hour)", function: "A")
        var off = one
        off.name = "Off"
        off.isEnabled = false
        let schedules = try ScheduleEventSource([one, ScheduleDefinition(name: "Two", expression: "cron(0 * * * ? *)", function: "B"), off])
        let time = try #require(await schedules.next(after: newYear))
        #expect(await schedules.events(at: time).map(\.function) == ["A", "B"])
        #expect(await schedules.events(at: VirtualTime(milliseconds: time.milliseconds + 1)).isEmpty)
        #expect(await (try ScheduleEventSource([off])).next(after: newYear) == nil)
    }

    @Test func `Without input the event is EventBridge's default`() async throws {
        let time = VirtualTime(milliseconds: 1_325_379_600_000)
        for (kind, source, detail) in [
            (ScheduleDefinition.Kind.scheduler, "aws.scheduler", JSONValue.string("{}")), (.rule, "aws.events", [:]),
        ] {
            let schedules = try ScheduleEventSource([ScheduleDefinition(name: "S", kind: kind, expression: "rate(1 hour)", function: "F")])
            let payload = try #require(await schedules.events(at: time).first).payload
            let event = try JSONDecoder().decode(ScheduledEvent.self, from: Data(payload))
            #expect(event.source == source)
            #expect(event.detail == detail)
            #expect(event.time == "2012-01-01T01:00:00Z")
            #expect(event.id.count == 36)
        }
    }

    @Test func `A year of nightly schedules fires at the same times in every replay`() async throws {
        let schedules = try ScheduleEventSource([
            ScheduleDefinition(
                name: "N", expression: "cron(30 18 ? * MON-FRI *)", timeZone: "America/New_York",
                input: "<aws.scheduler.execution-id> <aws.scheduler.attempt-number> <aws.scheduler.schedule-arn>", function: "F")
        ])
        func run() async -> [AsyncEvent] {
            var (events, time): ([AsyncEvent], VirtualTime) = ([], newYear)
            while let next = await schedules.next(after: time), next.milliseconds < newYear.milliseconds + 366 * 86_400_000 {
                events += await schedules.events(at: next)
                time = next
            }
            return events
        }
        let first = await run()
        #expect(first.count == 261)
        #expect(Set(first.map(\.id)).count == 261)
        #expect(await run() == first)
    }
}
