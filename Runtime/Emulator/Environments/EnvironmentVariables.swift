import Foundation

/// The environment variables of function processes: Lambda's own, the template's and local overrides, none of the host's.
struct EnvironmentVariables: Sendable {
    let region: String
    /// Credentials, endpoints and other local settings. They override the template's variables; Lambda's reserved ones override both.
    let overrides: [String: String]

    func variables(for function: FunctionDefinition, runtimeAPI: String, logStream: String) -> [String: String] {
        var result = [
            "TZ": ":UTC", "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LD_LIBRARY_PATH": "/lib64:/usr/lib64:\(function.codePath):\(function.codePath)/lib",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
        ]
        result.merge(function.environment) { $1 }
        result.merge(overrides) { $1 }
        result.merge(
            [
                "_HANDLER": function.handler, "LAMBDA_TASK_ROOT": function.codePath, "LAMBDA_RUNTIME_DIR": function.codePath,
                "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_LAMBDA_RUNTIME_API": runtimeAPI,
                "AWS_LAMBDA_FUNCTION_NAME": function.name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(function.memorySize), "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
                "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(function.name)", "AWS_LAMBDA_LOG_STREAM_NAME": logStream,
            ]
        ) { $1 }
        return result
    }
}
