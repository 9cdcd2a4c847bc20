import Foundation
import Providers
import Testing

@testable import Emulator

/// The project's own folder, found from this file.
let projectFolder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

@Suite struct TemplateTests {
    static let overrides = [
        "DatabaseUrl": "postgres://bellwether@127.0.0.1:5432/bellwether", "BucketName": "bellwether-local",
        "ProviderBaseUrl": "http://127.0.0.1:9999",
    ]

    private func own(_ more: [String: String] = [:]) throws -> Template {
        try Template.load(file: projectFolder + "/template.yaml", overrides: Self.overrides.merging(more) { $1 }, stack: "bellwether")
    }

    @Test func `The project's template has its functions`() throws {
        let template = try own()
        let names = ["Authorize", "Dashboard", "Featurize", "Ingest", "Migrate", "Monitor", "Predict", "Train"]
        #expect(template.functions.map(\.logicalID) == names)
        for function in template.functions {
            #expect(function.handler == function.logicalID)
            #expect(function.name == "bellwether-\(function.logicalID)")
            #expect(function.codePath == projectFolder + "/.bellwether/bundle")
            #expect(function.environment["BUCKET"] == "bellwether-local")
            #expect(function.environment["DATABASE_URL"] == Self.overrides["DatabaseUrl"])
            #expect(function.environment["DATABASE_USER"] == "bellwether_\(function.logicalID.lowercased())")
            #expect(function.environment["DATABASE_SECRET_ID"] == "" && function.environment["DATABASE_LOGIN"] == "")
        }
        let secret = try own(["DatabaseSecretPrefix": "prod/db/"])
        for function in secret.functions {
            #expect(function.environment["DATABASE_SECRET_ID"] == "prod/db/bellwether_\(function.logicalID.lowercased())")
        }
        let tokens = try own(["DatabaseResourceId": "db-ABC"])
        #expect(tokens.functions.allSatisfy { $0.environment["DATABASE_LOGIN"] == "iam" })
        let train = try #require(template.functions.first { $0.logicalID == "Train" })
        #expect(train.timeout == 900 && train.memorySize == 3008 && train.reservedConcurrency == 1 && train.maximumRetryAttempts == 1)
        let ingest = try #require(template.functions.first { $0.logicalID == "Ingest" })
        #expect(ingest.environment["FEATURIZE_FUNCTION"] == "bellwether-Featurize")
        #expect(ingest.environment["PROVIDER_BASE_URL"] == "http://127.0.0.1:9999")
        #expect(ingest.environment["UNIVERSE"] == "AAPL:XNAS,FB:XNAS,GOOG:XNAS,IBM:XNYS,MSFT:XNAS")
        #expect(ingest.environment["PROVIDER_SECRET_ARN"] == "")
        #expect(template.notices == ["FailedEvents: AWS::SQS::Queue is not emulated."])
    }

    @Test func `Failures go to the template's destination`() throws {
        let train = try #require(try own().functions.first { $0.logicalID == "Train" })
        #expect(train.onFailure == .init(arn: "arn:aws:sqs:us-east-1:000000000000:bellwether-failed-events"))
        let text = """
            Resources:
              A:
                Type: AWS::Serverless::Function
                Properties:
                  Runtime: provided.al2023
                  CodeUri: code
                  EventInvokeConfig:
                    MaximumRetryAttempts: 0
                    MaximumEventAgeInSeconds: 60
                    DestinationConfig: { OnFailure: { Type: Lambda, Destination: !GetAtt B.Arn } }
              B:
                Type: AWS::Serverless::Function
                Properties: { Runtime: provided.al2023, CodeUri: code }
            """
        let function = try #require(try Template.load(text: text, folder: "/").functions.first)
        #expect(function.maximumRetryAttempts == 0 && function.maximumEventAge == 60)
        #expect(function.onFailure == .init(arn: "arn:aws:lambda:us-east-1:000000000000:function:B", function: "B"))
    }

    @Test func `The project's template has its routes and their authorizer`() throws {
        let api = try #require(try own().apis.first)
        let open = Set(api.routes.filter { $0.authorizer == nil }.map { $0.path ?? "" })
        #expect(open == ["/", "/assets/{proxy+}", "/v1/health"])
        let closed = Dictionary(uniqueKeysWithValues: api.routes.filter { $0.authorizer == "ApiKey" }.map { ($0.path ?? "", $0.function) })
        #expect(closed["/v1/forecasts/{symbol}"] == "bellwether-Predict")
        let figures = [
            "/v1/bars/{symbol}", "/v1/data/quarantine", "/v1/data/response", "/v1/data/status", "/v1/evaluation", "/v1/models",
            "/v1/symbols",
        ]
        #expect(closed.keys.sorted() == (figures + ["/v1/forecasts/{symbol}"]).sorted())
        #expect(figures.allSatisfy { closed[$0] == "bellwether-Dashboard" })
        #expect(
            api.authorizers == [
                AuthorizerDefinition(name: "ApiKey", function: "bellwether-Authorize", identityHeaders: ["x-api-key"], timeToLive: 5)
            ])
    }

    @Test func `The project's template has its schedules and its notification`() throws {
        let template = try own(["ScheduleState": "DISABLED"])
        #expect(
            template.schedules.map(\.name).sorted() == [
                "FeaturizeCrossCheck", "FeaturizeCutOffNasdaq", "FeaturizeCutOffNewYork", "IngestCollectNasdaq",
                "IngestCollectNewYork", "IngestRequestSecondProvider", "MonitorEvening", "MonitorReview", "TrainMonthly",
                "TrainOverdue",
            ])
        #expect(template.schedules.allSatisfy { $0.timeZone == "America/New_York" && !$0.isEnabled })
        #expect(try own().schedules.allSatisfy(\.isEnabled))
        #expect(
            template.notifications == [
                BucketNotification(id: "Bucket-0", bucket: "bellwether-local", function: "bellwether-Featurize", prefix: "raw/")
            ])
        #expect(template.buckets == ["bellwether-local"] && template.versionedBuckets == ["bellwether-local"])
    }

    @Test func `Only Migrate gets the owner's database URL`() throws {
        let template = try own(["DatabaseOwnerUrl": "postgres://owner@h/d"])
        let urls = Dictionary(uniqueKeysWithValues: template.functions.map { ($0.logicalID, $0.environment["DATABASE_URL"]) })
        #expect(urls["Migrate"] == "postgres://owner@h/d")
        #expect(urls["Train"] == Self.overrides["DatabaseUrl"])
    }

    @Test func `A missing or forbidden parameter is an error with its name`() {
        #expect(throws: TemplateError("Parameters.BucketName", "has no default, so a value must be given")) {
            try Template.load(file: projectFolder + "/template.yaml")
        }
        #expect(throws: TemplateError("Parameters.ScheduleState", "\"off\" is none of ENABLED, DISABLED")) {
            try own(["ScheduleState": "off"])
        }
    }

    @Test func `The parameter Provider allows every provider of the catalog that has a server`() throws {
        let provider = try Template.parameters(file: projectFolder + "/template.yaml")["Provider"]
        #expect(provider?.allowedValues == ProviderCatalog.names.filter { !ProviderCatalog.unserved.contains($0) })
    }

    @Test func `An unknown parameter is a notice`() throws {
        #expect(try own(["Color": "red"]).notices.contains("Parameter Color was given but the template does not declare it."))
    }
}
