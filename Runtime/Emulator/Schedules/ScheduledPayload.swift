import Formats
import Foundation
import Hashing
import LambdaEvents

/// Makes the payload of a schedule's event: its `Input`, or EventBridge's default event.
enum ScheduledPayload {
    static func bytes(_ definition: ScheduleDefinition, at time: VirtualTime) -> [UInt8] {
        let execution = executionID(definition.name, time)
        let arn = arn(definition)
        if let input = definition.input {
            guard definition.kind == .scheduler else { return Array(input.utf8) }
            let filled = input.replacingOccurrences(of: "<aws.scheduler.scheduled-time>", with: time.text)
                .replacingOccurrences(of: "<aws.scheduler.execution-id>", with: execution)
                .replacingOccurrences(of: "<aws.scheduler.attempt-number>", with: "1")
                .replacingOccurrences(of: "<aws.scheduler.schedule-arn>", with: arn)
            return Array(filled.utf8)
        }
        var event = ScheduledEvent(
            id: execution, time: time.text, account: PseudoParameter.account, region: PseudoParameter.region, scheduleArn: arn)
        if definition.kind == .rule {
            event.source = "aws.events"
            event.detail = [:]
        }
        return (try? JSONEncoder().encode(event)).map { Array($0) } ?? []
    }

    private static func arn(_ definition: ScheduleDefinition) -> String {
        let place = "\(PseudoParameter.region):\(PseudoParameter.account)"
        return definition.kind == .rule
            ? "arn:aws:events:\(place):rule/\(definition.name)" : "arn:aws:scheduler:\(place):schedule/default/\(definition.name)"
    }

    /// An id in the form of a UUID, the same in every replay.
    private static func executionID(_ name: String, _ time: VirtualTime) -> String {
        let halves = ["execution", "schedule"].map { salt in
            var hash = FNV1a64()
            hash.add("\(salt)/\(name)/\(time.milliseconds)")
            return hash.hexadecimal
        }
        let digits = Array(halves[0] + halves[1])
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
