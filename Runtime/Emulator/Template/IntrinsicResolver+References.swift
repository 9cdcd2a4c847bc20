import Foundation

/// What `AWS::…` names stand for on one machine.
package enum PseudoParameter {
    package static let region = "us-east-1"
    package static let account = "000000000000"

    static func value(_ name: String, stack: String) -> TemplateValue? {
        switch name {
        case "AWS::Region": .text(region)
        case "AWS::AccountId": .text(account)
        case "AWS::Partition": .text("aws")
        case "AWS::URLSuffix": .text("amazonaws.com")
        case "AWS::StackName": .text(stack)
        case "AWS::StackId": .text("arn:aws:cloudformation:\(region):\(account):stack/\(stack)/local")
        case "AWS::NotificationARNs": .list([])
        default: nil
        }
    }
}

extension IntrinsicResolver {
    func reference(_ name: String, _ path: String) throws(TemplateError) -> TemplateValue {
        if let parameter = parameters[name] { return parameter }
        guard let resource = resources[name] else { throw TemplateError(path, "nothing is named \(name)") }
        return .text(try physicalName(of: name, resource))
    }

    func attribute(_ attribute: String, of name: String, _ path: String) throws(TemplateError) -> TemplateValue {
        guard let resource = resources[name] else { throw TemplateError(path, "no resource named \(name)") }
        let physical = try physicalName(of: name, resource)
        guard attribute == "Arn" else { return .text(attribute == "QueueName" ? physical : "\(physical).\(attribute)") }
        let type = resource["Type"]?.text ?? ""
        let place = "\(PseudoParameter.region):\(PseudoParameter.account)"
        return switch type {
        case "AWS::Serverless::Function", "AWS::Lambda::Function": .text("arn:aws:lambda:\(place):function:\(physical)")
        case "AWS::S3::Bucket": .text("arn:aws:s3:::\(physical)")
        case "AWS::IAM::Role": .text("arn:aws:iam::\(PseudoParameter.account):role/\(physical)")
        case "AWS::SQS::Queue": .text("arn:aws:sqs:\(place):\(physical)")
        case "AWS::Logs::LogGroup": .text("arn:aws:logs:\(place):log-group:\(physical):*")
        default: .text("arn:aws:\(type.split(separator: ":").dropFirst().first?.lowercased() ?? "unknown"):\(place):\(physical)")
        }
    }

    /// What `Ref` gives: the name property where the type has one, else the logical id.
    func physicalName(of logicalID: String, _ resource: TemplateValue) throws(TemplateError) -> String {
        let property: String? =
            switch resource["Type"]?.text {
            case "AWS::Serverless::Function", "AWS::Lambda::Function": "FunctionName"
            case "AWS::S3::Bucket": "BucketName"
            case "AWS::SQS::Queue": "QueueName"
            case "AWS::Logs::LogGroup": "LogGroupName"
            case "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable": "TableName"
            case "AWS::IAM::Role": "RoleName"
            case "AWS::Scheduler::Schedule", "AWS::Events::Rule": "Name"
            default: nil
            }
        guard let property, let value = resource["Properties"]?[property] else { return logicalID }
        // Without the resource itself, so that a name that refers to itself is an error and no endless loop.
        var others = resources
        others[logicalID] = nil
        let resolver = IntrinsicResolver(parameters: parameters, conditions: conditions, mappings: mappings, resources: others)
        return try resolver.text(value, "Resources.\(logicalID).Properties.\(property)")
    }

    /// `Fn::Sub`: `${Name}`, `${Resource.Attribute}`, own variables, `${!Literal}`.
    func substitute(_ argument: TemplateValue, _ path: String) throws(TemplateError) -> String {
        var own: [String: TemplateValue] = [:]
        var template = argument.text
        if let list = argument.list, list.count == 2 {
            template = list[0].text
            own = list[1].map ?? [:]
        }
        guard let template else { throw TemplateError(path, "wants text, or a list of text and variables") }
        var result = ""
        var rest = template[...]
        while let start = rest.range(of: "${") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { throw TemplateError(path, "${ without }") }
            let name = String(rest[start.upperBound..<end])
            rest = rest[rest.index(after: end)...]
            if name.hasPrefix("!") {
                result += "${\(name.dropFirst())}"
            } else if let variable = own[name] {
                result += try text(variable, "\(path).\(name)")
            } else if parameters[name] == nil, let dot = name.firstIndex(of: ".") {
                let value = try attribute(String(name[name.index(after: dot)...]), of: String(name[..<dot]), path)
                result += value.text ?? ""
            } else {
                let value = try reference(name, path)
                result += try text(value, path)
            }
        }
        return result + rest
    }
}
