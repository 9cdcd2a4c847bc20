package import Formats

/// What EventBridge Scheduler, or a rule, sends when the schedule has no `Input` of its own.
package struct ScheduledEvent: Codable, Hashable, Sendable {
    package var version: String
    package var id: String
    package var detailType: String
    /// `aws.scheduler`, or `aws.events` for a rule.
    package var source: String
    package var account: String
    /// RFC 3339, UTC, whole seconds: when the schedule fired.
    package var time: String
    package var region: String
    /// The schedule's ARN.
    package var resources: [String]
    /// The text `{}` from the scheduler, an object from a rule.
    package var detail: JSONValue

    package init(id: String, time: String, account: String, region: String, scheduleArn: String) {
        version = "0"
        self.id = id
        detailType = "Scheduled Event"
        source = "aws.scheduler"
        self.account = account
        self.time = time
        self.region = region
        resources = [scheduleArn]
        detail = "{}"
    }

    private enum CodingKeys: String, CodingKey {
        case version, id, source, account, time, region, resources, detail
        case detailType = "detail-type"
    }
}
