/// Events of functions: schedules and bucket notifications.
extension ResourceReader {
    mutating func readEvents(_ id: String, _ resource: TemplateValue) throws(TemplateError) {
        guard let function = functionNames[id] else { return }
        for (name, event) in (properties(resource)["Events"]?.map ?? [:]).sorted(by: { $0.key < $1.key }) {
            let path = "Resources.\(id).Properties.Events.\(name)"
            let properties = event["Properties"] ?? .map([:])
            switch event["Type"]?.text {
            case "HttpApi": try readRoute(name, properties, "\(path).Properties", function: function)
            case "ScheduleV2": try readSchedule(id + name, properties, "\(path).Properties", function: function, kind: .scheduler)
            case "Schedule": try readSchedule(id + name, properties, "\(path).Properties", function: function, kind: .rule)
            case "S3": try readObjectEvent(id + name, properties, "\(path).Properties", function: function)
            case let type: template.notices.append("\(id).\(name): events of type \(type ?? "nothing") are not emulated.")
            }
        }
    }

    mutating func readSchedule(
        _ id: String, _ properties: TemplateValue, _ path: String, function: String?, kind: ScheduleDefinition.Kind
    ) throws(TemplateError) {
        var function = function
        var input = try optional(properties, "Input", path)?.text
        if function == nil, let target = properties["Target"] {
            input = try optional(target, "Input", "\(path).Target")?.text
            function = try optional(target, "Arn", "\(path).Target")?.text.flatMap { self.function(named: $0) }
        }
        guard let function else {
            template.notices.append("\(id): its target is not a function of this template.")
            return
        }
        let key = kind == .scheduler || properties["Schedule"] == nil ? "ScheduleExpression" : "Schedule"
        guard let expression = try optional(properties, key, path)?.text else { throw TemplateError("\(path).\(key)", "is missing") }
        let zone = kind == .scheduler ? try optional(properties, "ScheduleExpressionTimezone", path)?.text : nil
        let state = try optional(properties, "State", path)?.text
        let enabled = try optional(properties, "Enabled", path)?.bool
        let definition = ScheduleDefinition(
            name: try optional(properties, "Name", path)?.text ?? id, kind: kind, expression: expression, timeZone: zone ?? "UTC",
            input: input, function: function, isEnabled: state.map { $0 == "ENABLED" } ?? enabled ?? true)
        do {
            _ = try ScheduleExpression(definition.expression, timeZone: definition.timeZone)
        } catch {
            throw TemplateError("\(path).\(key)", error.reason)
        }
        template.schedules.append(definition)
    }

    private mutating func readObjectEvent(
        _ id: String, _ properties: TemplateValue, _ path: String, function: String
    ) throws(TemplateError) {
        guard let bucket = try optional(properties, "Bucket", path)?.text else { throw TemplateError("\(path).Bucket", "is missing") }
        let events = try optional(properties, "Events", path)?.elements.compactMap(\.text) ?? []
        let filter = try optional(properties, "Filter", path)?["S3Key"]?["Rules"]
        template.notifications.append(notification(id, bucket, function, events, filter))
    }

    mutating func readBucket(_ id: String, _ resource: TemplateValue) throws(TemplateError) {
        let path = "Resources.\(id).Properties"
        let bucket = try resolver.physicalName(of: id, resource)
        template.buckets.append(bucket)
        if try optional(properties(resource), "VersioningConfiguration", path)?["Status"]?.text == "Enabled" {
            template.versionedBuckets.insert(bucket)
        }
        guard let configuration = try optional(properties(resource), "NotificationConfiguration", path) else { return }
        for (index, entry) in (configuration["LambdaConfigurations"]?.list ?? []).enumerated() {
            let place = "\(path).NotificationConfiguration.LambdaConfigurations[\(index)]"
            guard let reference = entry["Function"]?.text else { throw TemplateError("\(place).Function", "is missing") }
            guard let function = function(named: reference) else {
                template.notices.append("\(id): its notification goes to \(reference), which is not a function of this template.")
                continue
            }
            let events = entry["Event"]?.elements.compactMap(\.text) ?? []
            template.notifications.append(notification("\(id)-\(index)", bucket, function, events, entry["Filter"]?["S3Key"]?["Rules"]))
        }
    }

    private mutating func notification(
        _ id: String, _ bucket: String, _ function: String, _ events: [String], _ rules: TemplateValue?
    ) -> BucketNotification {
        var notification = BucketNotification(id: id, bucket: bucket, function: function, events: events)
        for rule in rules?.elements ?? [] {
            switch rule["Name"]?.text?.lowercased() {
            case "prefix": notification.prefix = rule["Value"]?.text ?? ""
            case "suffix": notification.suffix = rule["Value"]?.text ?? ""
            default: continue
            }
        }
        for event in events where !event.hasPrefix("s3:ObjectCreated:") {
            template.notices.append("\(id): \(event) is not emulated, only s3:ObjectCreated.")
        }
        return notification
    }
}
