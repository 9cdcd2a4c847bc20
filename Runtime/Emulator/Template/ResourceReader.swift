import Foundation

/// Goes through a template's resources and collects what the emulator runs.
struct ResourceReader {
    let resolver: IntrinsicResolver
    let globals: TemplateValue
    let folder: String
    var template: Template
    /// Logical id → function name.
    var functionNames: [String: String] = [:]
    var apis: [String: APIDraft] = [:]

    init(resolver: IntrinsicResolver, globals: TemplateValue, folder: String, template: Template) {
        self.resolver = resolver
        self.globals = globals
        self.folder = folder
        self.template = template
    }

    mutating func read(_ resources: [String: TemplateValue]) throws(TemplateError) {
        let ordered = resources.sorted { $0.key < $1.key }
        for (id, resource) in ordered {
            switch resource["Type"]?.text {
            case "AWS::Serverless::Function", "AWS::Lambda::Function": try readFunction(id, resource)
            case "AWS::Serverless::HttpApi": try readAPI(id, resource)
            default: continue
            }
        }
        for (id, resource) in ordered {
            let path = "Resources.\(id).Properties"
            guard let type = resource["Type"]?.text else { throw TemplateError("Resources.\(id)", "has no Type") }
            switch type {
            case "AWS::Serverless::Function":
                try readEvents(id, resource)
                try readDestination(id, resource)
            case "AWS::S3::Bucket": try readBucket(id, resource)
            case "AWS::Scheduler::Schedule": try readSchedule(id, properties(resource), path, function: nil, kind: .scheduler)
            case "AWS::Lambda::Function", "AWS::Serverless::HttpApi": continue
            default:
                if !Self.silent.contains(type) { template.notices.append("\(id): \(type) is not emulated.") }
            }
        }
        template.apis = try finishedAPIs()
    }

    func properties(_ resource: TemplateValue) -> TemplateValue { resource["Properties"] ?? .map([:]) }

    /// The function that a name, partial ARN or ARN speaks of, if the template has it.
    func function(named reference: String) -> String? {
        let name: Substring
        if let range = reference.range(of: ":function:") {
            name = reference[range.upperBound...].prefix { $0 != ":" && $0 != "/" }
        } else {
            name = reference[...]
        }
        return template.functions.first { $0.name == name || $0.logicalID == name }?.name
    }

    /// Types without behaviour on one machine, which nobody misses.
    private static let silent: Set<String> = [
        "AWS::Logs::LogGroup", "AWS::Lambda::Permission", "AWS::S3::BucketPolicy", "AWS::IAM::Role", "AWS::IAM::Policy",
        "AWS::IAM::ManagedPolicy", "AWS::CloudFormation::WaitConditionHandle",
    ]
}
