using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Entities;
using Tollgate.Budgets;
using Tollgate.Budgets.Entities;

namespace Tollgate.Functions;

/// <summary>The function that runs the budget entities.</summary>
public static class BudgetFunction
{
    /// <summary>Of the function, and part of each entity's id.</summary>
    public const string Name = "Budget";

    /// <summary>Runs an entity's operations.</summary>
    [Function(Name)]
    public static Task Dispatch([EntityTrigger(EntityName = Name)] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<BudgetEntity>();
}

/// <summary>The budget of one scope. What it does is the actor's; what it tells itself is sent once its state is stored.</summary>
internal sealed class BudgetEntity(BudgetActor actor) : TaskEntity<BudgetState>
{
    public async Task Tell(BudgetTold told) => Remind(await actor.TellAsync(State, told));

    public async Task Tend(BudgetReminder reminder) => Remind(await actor.TendAsync(State, reminder.Stored));

    private void Remind(IReadOnlyList<BudgetReminder> reminders)
    {
        foreach (var reminder in reminders)
        {
            Context.SignalEntity(Context.Id, nameof(Tend), reminder, new SignalEntityOptions { SignalTime = reminder.At });
        }
    }
}
