using Tollgate.Cli;

return await Tool.RunAsync(args, Surroundings.OfProcess());
