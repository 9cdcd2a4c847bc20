/// The emulator's values of CloudFormation's pseudo parameters, `AWS::…`.
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
