import Testing

@testable import Emulator

/// Templates of other projects.
@Suite struct ForeignTemplateTests {
    static let helloWorld = """
        AWSTemplateFormatVersion: '2010-09-09'
        Transform: AWS::Serverless-2016-10-31
        Description: >
          sam-app
        Globals:
          Function:
            Timeout: 3
            LoggingConfig:
              LogFormat: JSON
            Environment:
              Variables: { TABLE: !Ref Table, LEVEL: info }
        Resources:
          HelloWorldFunction:
            Type: AWS::Serverless::Function
            Metadata: { BuildMethod: makefile }
            Properties:
              CodeUri: hello-world/
              Handler: bootstrap
              Runtime: provided.al2023
              Environment:
                Variables: { LEVEL: debug, TABLE_ARN: !GetAtt Table.Arn, FLAG: true, PORT: 8080 }
              Events:
                HelloWorld:
                  Type: Api
                  Properties: { Path: /hello, Method: get }
                Any: { Type: HttpApi }
                Tick: { Type: Schedule, Properties: { Schedule: rate(5 minutes), Enabled: false, Input: '{"a":1}' } }
                Objects:
                  Type: S3
                  Properties:
                    Bucket: !Ref Uploads
                    Events: s3:ObjectCreated:*
                    Filter: { S3Key: { Rules: [{ Name: suffix, Value: .csv }] } }
          PythonFunction:
            Type: AWS::Serverless::Function
            Properties: { CodeUri: app/, Handler: app.handler, Runtime: python3.12 }
          Uploads: { Type: AWS::S3::Bucket }
          Table: { Type: AWS::Serverless::SimpleTable }
        Outputs:
          Url: { Value: !Unknown thing }
        """

    @Test func `A template of SAM init loads with notices for parts that are not emulated`() throws {
        let template = try Template.load(text: Self.helloWorld, folder: "/app")
        let function = try #require(template.functions.first)
        #expect(template.functions.count == 1)
        #expect(function.name == "HelloWorldFunction")
        #expect(function.codePath == "/app/hello-world")
        #expect(function.environment["LEVEL"] == "debug")
        #expect(function.environment["TABLE"] == "Table")
        #expect(function.environment["FLAG"] == "true")
        #expect(function.environment["PORT"] == "8080")
        #expect(function.environment["TABLE_ARN"] == "arn:aws:serverless:us-east-1:000000000000:Table")
        #expect(template.apis.first?.routes == [RouteDefinition(method: "ANY", path: nil, function: "HelloWorldFunction")])
        #expect(
            template.schedules == [
                ScheduleDefinition(
                    name: "HelloWorldFunctionTick", kind: .rule, expression: "rate(5 minutes)", input: #"{"a":1}"#,
                    function: "HelloWorldFunction", isEnabled: false)
            ])
        #expect(template.notifications.first?.suffix == ".csv")
        #expect(template.notifications.first?.bucket == "Uploads")
        #expect(
            template.notices == [
                "PythonFunction: runtime python3.12 is not run, only provided.*.",
                "HelloWorldFunction.HelloWorld: events of type Api are not emulated.",
                "Table: AWS::Serverless::SimpleTable is not emulated.",
            ])
    }

    private func variable(_ expression: String) throws -> String? {
        let text = """
            Parameters:
              Name: { Type: String, Default: n }
              Empty: { Type: String, Default: "" }
              Many: { Type: CommaDelimitedList, Default: "a, b,c" }
            Mappings: { Sizes: { us-east-1: { small: s3 } } }
            Conditions:
              IsEmpty: !Equals [!Ref Empty, ""]
              Both: !And [!Condition IsEmpty, !Not [!Equals [!Ref Name, m]]]
              Either: !Or [!Equals [a, b], !Condition Both]
              Loop: !Not [!Condition Loop]
            Resources:
              F:
                Type: AWS::Serverless::Function
                Properties:
                  FunctionName: !Sub "${AWS::StackName}-f"
                  Runtime: provided.al2023
                  CodeUri: .
                  Environment:
                    Variables:
                      X: \(expression)
            """
        return try Template.load(text: text, folder: "/", stack: "s").functions.first?.environment["X"]
    }

    @Test(arguments: [
        ("!Ref Name", "n"), ("{ Ref: Name }", "n"), ("!Sub 'a-${Name}-${!Name}-${AWS::Region}'", "a-n-${Name}-us-east-1"),
        ("!Sub ['${x}/${Name}', { x: !Ref AWS::AccountId }]", "000000000000/n"),
        ("!Sub '${F.Arn}'", "arn:aws:lambda:us-east-1:000000000000:function:s-f"),
        ("!GetAtt F.Arn", "arn:aws:lambda:us-east-1:000000000000:function:s-f"),
        ("{ 'Fn::GetAtt': [F, Arn] }", "arn:aws:lambda:us-east-1:000000000000:function:s-f"),
        ("!Join ['-', [a, !Ref Name, c]]", "a-n-c"), ("!Join ['+', !Ref Many]", "a+b+c"), ("!Select [1, !Ref Many]", "b"),
        ("!Select ['2', !Split ['|', 'x|y|z']]", "z"), ("!If [IsEmpty, yes, no]", "yes"), ("!If [Both, 1, 2]", "1"),
        ("!If [Either, 1, 2]", "1"),
        ("!FindInMap [Sizes, !Ref AWS::Region, small]", "s3"), ("!Base64 hi", "aGk="), ("!Ref F", "s-f"), ("007", "007"), ("1.50", "1.50"),
        ("''", ""), ("~", ""), ("!Select [0, !GetAZs '']", "us-east-1a"),
    ])
    func `Intrinsic functions resolve`(_ expression: String, _ value: String) throws {
        #expect(try variable(expression) == value)
    }

    @Test func `A variable with NoValue is absent`() throws {
        #expect(try variable("!If [IsEmpty, !Ref AWS::NoValue, x]") == nil)
    }

    @Test(arguments: [
        (
            "!ImportValue other",
            "Resources.F.Properties.Environment.Variables.X.Fn::ImportValue: the emulator does not support Fn::ImportValue"
        ),
        ("!Ref Nobody", "Resources.F.Properties.Environment.Variables.X.Ref: nothing is named Nobody"),
        ("!Select [5, !Ref Many]", "Resources.F.Properties.Environment.Variables.X.Fn::Select: no element 5 of 3"),
        ("!If [Nothing, a, b]", "Resources.F.Properties.Environment.Variables.X.Fn::If: no condition named Nothing"),
        ("!If [Loop, a, b]", "Conditions.Loop: depends on itself"),
        ("[a]", "Resources.F.Properties.Environment.Variables.X: expected text"),
        (
            "!FindInMap [Sizes, eu-west-1, small]",
            "Resources.F.Properties.Environment.Variables.X.Fn::FindInMap: no mapping Sizes.eu-west-1.small"
        ),
    ])
    func `An unresolvable value is an error with its path`(_ expression: String, _ message: String) {
        #expect(throws: TemplateError.self) { try variable(expression) }
        do { _ = try variable(expression) } catch { #expect("\(error)" == message) }
    }

    @Test func `Bad YAML and bad numbers are clear errors`() {
        func load(_ properties: String) throws -> Template {
            let function = "{ Type: AWS::Serverless::Function, Properties: { Runtime: provided.al2, CodeUri: ., \(properties) } }"
            return try Template.load(text: "Resources: { F: \(function) }", folder: "/")
        }
        #expect(throws: TemplateError.self) { try Template.load(text: "a: [", folder: "/") }
        #expect(throws: TemplateError("Resources", "the template has none")) { try Template.load(text: "a: b", folder: "/") }
        #expect(throws: TemplateError("Resources.F.Properties.Timeout", "expected a whole number from 1 to 900")) {
            try load("Timeout: 901")
        }
        #expect(
            throws: TemplateError("Resources.F.Properties.Events.T.Properties.ScheduleExpression", "cron: \"61\" is not a valid minute")
        ) {
            try load("Events: { T: { Type: ScheduleV2, Properties: { ScheduleExpression: 'cron(61 1 * * ? *)' } } }")
        }
        #expect(throws: TemplateError("Resources.F.Properties.Events.H.Properties.Auth.Authorizer", "the API has no authorizer named K")) {
            try load("Events: { H: { Type: HttpApi, Properties: { Method: GET, Path: /, Auth: { Authorizer: K } } } }")
        }
    }
}
